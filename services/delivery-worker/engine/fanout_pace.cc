#include "services/delivery-worker/engine/fanout_pace.h"

#include <algorithm>
#include <iterator>

#include "services/delivery-worker/engine/rate_log.h"

namespace webhook {
namespace {

// An endpoint's events fall to the lanes by chance: of so few in one of them nothing follows.
constexpr int kAtOnce = 4;

}  // namespace

std::optional<MonoTime> FanoutPace::Take(const Webhook& webhook, MonoTime now) {
  const RateLimit& limit = webhook.rate_limit;
  const std::chrono::microseconds pace = Pace(limit) * limits_.lanes;
  if (pace.count() == 0) return std::nullopt;
  MonoTime& served = served_[webhook.id];
  // A whole burst may start at once: this lane's share of it.
  const int burst = limit.burst > 0 && limit.per_minute > 0 ? std::min(limit.burst, limit.per_minute)
                                                            : std::max(limit.burst, limit.per_minute);
  const int share = std::max(burst / limits_.lanes, std::min(burst, kAtOnce));
  const MonoTime start = std::max(now, served - pace * (share - 1));
  served = std::max(served, now) + pace;
  if (start <= now) return std::nullopt;
  Starts& waiting = waiting_[webhook.account];
  while (!waiting.empty() && waiting.top() <= now) waiting.pop();
  const std::size_t most =
      std::max<std::size_t>(limits_.max_waiting / static_cast<std::size_t>(limits_.lanes), 1);
  if (start - now < limits_.max_wait && waiting.size() < most) {
    waiting.push(start);
    return std::nullopt;
  }
  return std::max(start, now + limits_.max_wait);
}

void FanoutPace::Sweep(MonoTime now) {
  std::erase_if(served_, [&](const auto& entry) { return entry.second <= now; });
  for (auto account = waiting_.begin(); account != waiting_.end();) {
    Starts& waiting = account->second;
    while (!waiting.empty() && waiting.top() <= now) waiting.pop();
    account = waiting.empty() ? waiting_.erase(account) : std::next(account);
  }
}

}  // namespace webhook
