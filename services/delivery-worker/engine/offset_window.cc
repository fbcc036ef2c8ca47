#include "services/delivery-worker/engine/offset_window.h"

#include <algorithm>

#include "core/check.h"

namespace webhook {

bool OffsetWindow::Add(std::int64_t offset) {
  if (offset < next_) return false;
  if (records_.empty()) committable_ = offset;
  records_.push_back({offset, false});
  next_ = offset + 1;
  return true;
}

void OffsetWindow::MarkDone(std::int64_t offset) {
  const auto found =
      std::lower_bound(records_.begin(), records_.end(), offset,
                       [](const Record& record, std::int64_t wanted) { return record.offset < wanted; });
  if (found == records_.end() || found->offset != offset) {
    CHECK(offset < next_, "an offset that was never added is marked done");
    return;
  }
  found->done = true;
  while (!records_.empty() && records_.front().done) records_.pop_front();
  committable_ = records_.empty() ? next_ : records_.front().offset;
}

}  // namespace webhook
