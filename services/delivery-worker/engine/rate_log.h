#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

#include "core/time.h"
#include "domain/webhook.h"

namespace webhook {

// The times of the last requests to one endpoint, against both of its ceilings: exact sliding windows, no
// buckets, so no window of the receiver's own choosing ever holds more (docs/contract.md, point 5). A request
// counts from its admission: first as one that may be written at any moment, then at the time at which it
// was. Pure; no lock.
class RateLog {
 public:
  // Takes effect for the next question; what was counted stays counted.
  void SetLimit(const RateLimit& limit) { limit_ = limit; }

  // The earliest time, not before `now`, at which one more request may be admitted, if none that is pending
  // is written before. An estimate past the known requests: `ahead` more, each admitted as soon as it may be.
  MonoTime NextFree(MonoTime now, std::size_t ahead = 0) const;
  // A request is admitted; Written() or Dropped() follows.
  void Admit() { ++pending_; }
  // Its first byte was written. REQUIRES: time is not before an earlier one.
  void Written(MonoTime time);
  // It was never written.
  void Dropped() { --pending_; }
  // A request of an earlier owner, in any order, before any of ours.
  void Inherit(MonoTime time);
  // What earlier owners have sent is not known: the windows count as full at this time.
  void AssumeFull(MonoTime time) { full_at_ = time; }

  // True where no request is young enough to matter.
  bool Empty(MonoTime now) const;
  // The pace at which a flooded endpoint is served for long; 0: no limit.
  std::chrono::microseconds Pace() const;
  // True where there is any ceiling.
  bool limited() const { return limit_.burst > 0 || limit_.per_minute > 0; }

 private:
  void Trim();

  RateLimit limit_;
  std::deque<MonoTime> times_;  // ascending; at most the greater of both limits
  std::size_t pending_ = 0;
  MonoTime full_at_ = MonoTime::min();
};

// A window is kept this much longer than the limit says: what our socket takes in one moment and what the
// receiver's clock sees differ by the way between them.
inline constexpr std::chrono::milliseconds kRateGuard{250};
// The longest window that any limit has, with its guard.
inline constexpr std::chrono::milliseconds kLongestRateWindow{60'000 + kRateGuard.count()};

}  // namespace webhook
