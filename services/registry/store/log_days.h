#pragma once

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "postgres/database.h"

namespace webhook::store {

using Day = std::chrono::sys_days;  // UTC

inline Day DayOf(WallTime time) {
  return std::chrono::floor<std::chrono::days>(time);
}

// As its partitions are called, "20260131": events_20260131.
std::string DayName(Day day);

// The delivery log's partitions, one for each day on which events were accepted. Two parties make them: the
// leader's job some days ahead, and the log writer where one is missing all the same.
class LogDays {
 public:
  // What was accepted longer ago is kept no more.
  explicit LogDays(std::chrono::days retention) : retention_(retention) {}

  // A day that is not kept is not written either. A day is dropped one day later than that, so that nobody
  // writes into what is just being dropped.
  bool Kept(Day day, WallTime now) const { return day >= DayOf(now) - retention_; }

  // Looks anew for what is there: after a new connection it may be another database, restored from before.
  void Forget() { made_.clear(); }
  // Makes the days' partitions where they are missing. From one thread.
  Status Make(postgres::Session& session, const std::set<Day>& days);
  // How many days after today's have all of their tables, without a gap.
  static Result<int> Ahead(postgres::Session& session, WallTime now);
  // Drops a table of the oldest day that is over, and names it; "": there was none. Readers and writers of
  // other days do not wait for it.
  Result<std::string> DropOldest(postgres::Session& session, WallTime now);

 private:
  const std::chrono::days retention_;
  std::set<Day> made_;  // known to be there
};

}  // namespace webhook::store
