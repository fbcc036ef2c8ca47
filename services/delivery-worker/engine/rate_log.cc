#include "services/delivery-worker/engine/rate_log.h"

#include <algorithm>

namespace webhook {
namespace {

constexpr std::chrono::seconds kMinute{60};
// Our send and the receiver's clock differ by the way that a request takes: windows are kept this much
// longer.
constexpr std::chrono::milliseconds kGuard{100};

}  // namespace

std::size_t RateLog::Longest() const {
  return static_cast<std::size_t>(std::max({limit_.per_minute, limit_.burst, 0}));
}

MonoTime RateLog::NextFree(MonoTime now, std::size_t ahead) const {
  MonoTime free = now;
  const auto apply = [&](int limit, std::chrono::seconds window) {
    if (limit <= 0) return;
    const auto most = static_cast<std::size_t>(limit);
    const std::size_t position = times_.size() + ahead;  // requests before the one in question
    if (position < most) return;
    // The request `most` places earlier must have left the window; if it is still to come itself, it is as
    // far off as whole windows say.
    std::size_t earlier = position - most;
    int windows = 1;
    while (earlier >= times_.size() && earlier >= most) {
      earlier -= most;
      ++windows;
    }
    const MonoTime base = earlier < times_.size() ? times_[earlier] : now;
    free = std::max(free, base + windows * (window + kGuard));
  };
  apply(limit_.burst, std::chrono::seconds{limit_.burst_seconds});
  apply(limit_.per_minute, kMinute);
  return free;
}

void RateLog::Count(MonoTime time) {
  const std::size_t longest = Longest();
  if (longest == 0) return;
  times_.push_back(time);
  while (times_.size() > longest) times_.pop_front();
}

bool RateLog::Empty(MonoTime now) const {
  const auto window = std::max<std::chrono::seconds>(kMinute, std::chrono::seconds{limit_.burst_seconds});
  return times_.empty() || times_.back() + window + kGuard < now;
}

std::chrono::microseconds RateLog::Pace() const {
  std::chrono::microseconds pace{0};
  if (limit_.burst > 0) {
    pace = std::chrono::microseconds{std::chrono::seconds{limit_.burst_seconds}} / limit_.burst;
  }
  if (limit_.per_minute > 0) pace = std::max(pace, std::chrono::microseconds{kMinute} / limit_.per_minute);
  return pace;
}

}  // namespace webhook
