#include "services/delivery-worker/engine/offset_window.h"

#include <algorithm>

#include "core/check.h"

namespace webhook {

OffsetWindow::OffsetWindow(const Checkpoint& from)
    : base_(from.offset), next_(from.offset), done_(from.done.begin(), from.done.end()) {
  Advance();
}

bool OffsetWindow::Add(std::int64_t offset) {
  if (offset < next_) return false;
  const std::int64_t gap_from = std::max(next_, base_);
  next_ = offset + 1;
  if (offset < base_) return false;
  if (gap_from == base_ && static_cast<std::size_t>(offset - base_) >= done_.size()) {
    // Nothing before it is incomplete: the window begins anew, however large the gap.
    base_ = offset;
    done_.assign(1, false);
    return true;
  }
  const auto index = static_cast<std::size_t>(offset - base_);
  if (done_.size() <= index) done_.resize(index + 1, false);
  for (std::int64_t gap = gap_from; gap < offset; ++gap) done_[static_cast<std::size_t>(gap - base_)] = true;
  const bool over = done_[index];
  Advance();
  return !over;
}

void OffsetWindow::MarkDone(std::int64_t offset) {
  if (offset < base_) return;
  CHECK(offset < next_, "what is done was read");
  done_[static_cast<std::size_t>(offset - base_)] = true;
  Advance();
}

bool OffsetWindow::MayStillCome(std::int64_t offset) const {
  if (offset < next_ || offset < base_) return false;
  const auto index = static_cast<std::size_t>(offset - base_);
  return index < kMaxWindow && !(index < done_.size() && done_[index]);
}

void OffsetWindow::Describe(Checkpoint* checkpoint) const {
  checkpoint->offset = base_;
  std::size_t size = std::min(done_.size(), kMaxWindow);
  while (size > 0 && !done_[size - 1]) --size;
  checkpoint->done.assign(done_.begin(), done_.begin() + static_cast<std::ptrdiff_t>(size));
}

void OffsetWindow::Advance() {
  while (!done_.empty() && done_.front()) {
    done_.pop_front();
    ++base_;
  }
}

}  // namespace webhook
