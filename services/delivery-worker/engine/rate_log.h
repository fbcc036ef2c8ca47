#pragma once

#include <boost/circular_buffer.hpp>
#include <chrono>
#include <cstddef>

#include "core/time.h"
#include "domain/webhook.h"

namespace webhook {

// Times in ascending order; the oldest are dropped first. Most endpoints have few or none, and there are many
// endpoints: a std::deque would hold 576 bytes for each.
using Times = boost::circular_buffer_space_optimized<MonoTime>;
// Their capacity, which nothing may reach: a full buffer would overwrite its oldest. Memory is taken for what
// is held.
inline const Times::capacity_type kManyTimes(std::size_t{1} << 30);

// The pace at which a flooded endpoint is served for long; 0: no limit.
std::chrono::microseconds Pace(const RateLimit& limit);

// The last requests to one endpoint (one webhook), against both of its ceilings: exact sliding windows, no
// buckets, so no window of the receiver's own choosing ever holds more (docs/contract.md, point 5). A request
// reaches the receiver at some moment between its admission and its end: until then it counts as one that may
// come at any time, and from then on as one that came at its end. So the windows hold there too, whatever the
// network does (ADR 0009). Pure; no lock.
class RateLog {
 public:
  // Takes effect for the next question; what was counted stays counted, also what only a later limit asks
  // for.
  void SetLimit(const RateLimit& limit) { limit_ = limit; }

  // The earliest time, not before `now`, at which one more request may be admitted, if none that is pending
  // ends before. With `ahead`: an estimate for the one after that many more, each admitted as soon as it may
  // be.
  MonoTime NextFree(MonoTime now, std::size_t ahead = 0) const;
  // A request is admitted; Ended() or Dropped() follows.
  void Admit() { ++pending_; }
  // It is over. REQUIRES: time is not before an earlier one.
  void Ended(MonoTime time);
  // Nothing of it was ever written, and the fault was our own.
  void Dropped() { --pending_; }
  // A request of an earlier owner ended then. All such come before any of ours, in any order.
  void Inherit(MonoTime time);
  // What earlier owners have sent is not known: the windows count as full at this time.
  void AssumeFull(MonoTime time) { full_at_ = time; }

  // True where no request is young enough to matter.
  bool Empty(MonoTime now) const;
  // As the function of that name.
  std::chrono::microseconds Pace() const { return webhook::Pace(limit_); }
  // True where there is any ceiling.
  bool limited() const { return limit_.burst > 0 || limit_.per_minute > 0; }

 private:
  void Trim();

  RateLimit limit_;
  // When requests ended: none is older than the newest by more than the limit's longest window, and there are
  // no more than per_minute, burst or 1,000, whichever is most (8 bytes each); without a limit too.
  Times times_{kManyTimes};
  std::size_t pending_ = 0;
  MonoTime full_at_ = MonoTime::min();
};

// A window is kept this much longer than the limit says: the receiver's clock may run a little faster than
// ours, and two requests that are a window apart to the millisecond are in one.
inline constexpr std::chrono::milliseconds kRateGuard{100};
// The longest window that any limit has, with its guard: 60 s, that of per_minute. RateLimit::burst_seconds
// must not be more, which nothing here checks. For so long a new owner counts what earlier owners have sent
// (inheritance.h) and a checkpoint names them (Checkpoint::unsettled): a longer window would not hold across
// a takeover.
inline constexpr std::chrono::milliseconds kLongestRateWindow{60'000 + kRateGuard.count()};

}  // namespace webhook
