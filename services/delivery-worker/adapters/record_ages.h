#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "core/time.h"

namespace webhook {

// When the records of one partition were appended, to the second: how old is the oldest that is not done?
// Holds one mark for each second of records between that one and the newest. Pure; no lock.
class RecordAges {
 public:
  // A record was read. Offsets that come a second time change nothing.
  void Note(std::int64_t offset, WallTime appended);
  // When the record at `offset` was appended, at most a second too early; nullopt: it was not read. What lies
  // below is forgotten.
  std::optional<WallTime> AppendedAt(std::int64_t offset);

 private:
  struct Mark {
    std::int64_t offset;
    WallTime appended;
  };
  std::deque<Mark> marks_;  // ascending
  std::int64_t next_ = 0;   // after the newest
};

}  // namespace webhook
