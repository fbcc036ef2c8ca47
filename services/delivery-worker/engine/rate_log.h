#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

#include "core/time.h"
#include "domain/webhook.h"

namespace webhook {

// The times of the last requests to one endpoint, against both of its ceilings: exact sliding windows, no
// buckets, so no window of the receiver's own choosing ever holds more (docs/contract.md, point 5). Pure; no
// lock.
class RateLog {
 public:
  // Takes effect for the next question; what was counted stays counted.
  void SetLimit(const RateLimit& limit) { limit_ = limit; }

  // The earliest time, not before `now`, at which one more request may start.
  MonoTime NextFree(MonoTime now) const { return NextFree(now, 0); }
  // The same after `ahead` more requests, each started as soon as it may. An estimate past the known
  // requests.
  MonoTime NextFree(MonoTime now, std::size_t ahead) const;
  // A request starts. REQUIRES: time is not before an earlier one.
  void Count(MonoTime time);
  // True where no request is young enough to matter.
  bool Empty(MonoTime now) const;
  // The pace at which a flooded endpoint is served for long; 0: no limit.
  std::chrono::microseconds Pace() const;

 private:
  std::size_t Longest() const;

  RateLimit limit_;
  std::deque<MonoTime> times_;  // ascending; at most the greater of both limits
};

}  // namespace webhook
