#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

namespace webhook {

// Which records of one partition, in one assignment epoch, are still to be completed. They complete in any
// order; what may be committed is bounded by the oldest that has not. Pure; no
// lock.
class OffsetWindow {
 public:
  // A record that was read. False: it was read before, and is to be ignored. Offsets may have gaps.
  bool Add(std::int64_t offset);
  // All effects of the record are acknowledged. REQUIRES: Add(offset) returned true. Idempotent.
  void MarkDone(std::int64_t offset);

  // The offset to commit: of the oldest incomplete record, or the one after the last; -1 before the first
  // Add.
  std::int64_t committable() const { return committable_; }
  // Records between the oldest incomplete one and the newest, both counted.
  std::size_t size() const { return records_.size(); }

 private:
  struct Record {
    std::int64_t offset;
    bool done;
  };
  std::deque<Record> records_;  // ascending; the first is incomplete
  std::int64_t next_ = -1;      // after the newest that was added
  std::int64_t committable_ = -1;
};

}  // namespace webhook
