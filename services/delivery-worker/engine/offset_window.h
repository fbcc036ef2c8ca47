#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "services/delivery-worker/engine/checkpoint.h"

namespace webhook {

// Which records of one partition, in one assignment epoch, are still to be completed. They complete in any
// order; the commit is bounded by the oldest that has not, and carries a map of those after it. Pure; no
// lock.
class OffsetWindow {
 public:
  // Goes on where an earlier owner stopped.
  explicit OffsetWindow(const Checkpoint& from);

  // A record was read. True: it is to be worked on. False: it was read before, or an earlier owner has
  // completed it. Offsets may have gaps, in which there is no record.
  bool Add(std::int64_t offset);
  // All effects of the record, which was added, are acknowledged. Idempotent.
  void MarkDone(std::int64_t offset);
  // It was not read yet, as far as is known it is not complete, and it is within kMaxWindow.
  bool MayStillCome(std::int64_t offset) const;

  // The offset to commit: of the oldest incomplete record, or the one after the last.
  std::int64_t committable() const { return base_; }
  // Offsets from the oldest incomplete one to the newest that was read, both counted; the source of
  // back-pressure.
  std::size_t span() const { return next_ > base_ ? static_cast<std::size_t>(next_ - base_) : 0; }
  // committable() and the map above it, as of now. What lies beyond kMaxWindow is left out.
  void Describe(Checkpoint* checkpoint) const;

 private:
  void Advance();

  std::int64_t base_;      // the oldest incomplete offset
  std::int64_t next_;      // after the newest that was read
  std::deque<bool> done_;  // done_[i]: offset base_ + i; the first is false
};

}  // namespace webhook
