#include "services/delivery-worker/engine/rate_log.h"

#include <algorithm>

namespace webhook {
namespace {

constexpr std::chrono::seconds kMinute{60};
// A limit that is lowered and raised again within a window must find what was sent before: so much is kept
// whatever the limit says. The platform's own ceiling (docs/contract.md, point 5).
constexpr int kKept = 1'000;

std::chrono::microseconds LongestWindow(const RateLimit& limit) {
  return std::max<std::chrono::microseconds>(kMinute, std::chrono::seconds{limit.burst_seconds}) + kRateGuard;
}

}  // namespace

MonoTime RateLog::NextFree(MonoTime now, std::size_t ahead) const {
  MonoTime free = now;
  const auto apply = [&](int limit, std::chrono::microseconds length) {
    if (limit <= 0) return;
    const std::chrono::microseconds window = length + kRateGuard;
    if (full_at_ > now - window) free = std::max(free, full_at_ + window);
    const auto most = static_cast<std::size_t>(limit);
    if (pending_ >= most) free = std::max(free, now + window);    // all of them may come now
    const std::size_t before = times_.size() + pending_ + ahead;  // requests before the one in question
    if (before < most) return;
    // The request `most` places earlier must have left the window; if it is still to be written itself, it is
    // as far off as whole windows say.
    std::size_t earlier = before - most;
    int windows = 1;
    while (earlier >= times_.size() && earlier >= most) {
      earlier -= most;
      ++windows;
    }
    const MonoTime base = earlier < times_.size() ? times_[earlier] : now;
    free = std::max(free, base + windows * window);
  };
  apply(limit_.burst, std::chrono::seconds{limit_.burst_seconds});
  apply(limit_.per_minute, kMinute);
  return free;
}

void RateLog::Ended(MonoTime time) {
  --pending_;
  times_.push_back(time);
  Trim();
}

void RateLog::Inherit(MonoTime time) {
  times_.insert(std::upper_bound(times_.begin(), times_.end(), time), time);
  Trim();
}

void RateLog::Trim() {
  const auto most = static_cast<std::size_t>(std::max({limit_.per_minute, limit_.burst, kKept}));
  const auto window = LongestWindow(limit_);
  while (times_.size() > most || times_.front() + window < times_.back()) times_.pop_front();
}

bool RateLog::Empty(MonoTime now) const {
  const auto window = LongestWindow(limit_);
  return pending_ == 0 && (times_.empty() || times_.back() + window < now) && full_at_ < now - window;
}

std::chrono::microseconds Pace(const RateLimit& limit) {
  std::chrono::microseconds pace{0};
  if (limit.burst > 0) {
    const std::chrono::microseconds window = std::chrono::seconds{limit.burst_seconds} + kRateGuard;
    pace = window / limit.burst;
  }
  if (limit.per_minute > 0)
    pace = std::max(pace, std::chrono::microseconds{kMinute + kRateGuard} / limit.per_minute);
  return pace;
}

}  // namespace webhook
