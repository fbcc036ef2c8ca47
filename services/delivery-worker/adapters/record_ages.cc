#include "services/delivery-worker/adapters/record_ages.h"

#include <chrono>

namespace webhook {

void RecordAges::Note(std::int64_t offset, WallTime appended) {
  if (offset < next_) return;
  next_ = offset + 1;
  if (marks_.empty() || appended - marks_.back().appended >= std::chrono::seconds{1})
    marks_.push_back({offset, appended});
}

std::optional<WallTime> RecordAges::AppendedAt(std::int64_t offset) {
  while (marks_.size() > 1 && marks_[1].offset <= offset) marks_.pop_front();
  if (marks_.empty() || offset < marks_.front().offset || offset >= next_) return std::nullopt;
  return marks_.front().appended;
}

}  // namespace webhook
