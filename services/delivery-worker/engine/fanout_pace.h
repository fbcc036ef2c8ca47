#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "core/time.h"
#include "domain/ids.h"
#include "domain/webhook.h"

namespace webhook {

struct PaceLimits {
  int lanes =
      1;  // partitions of webhook.events: each lane meets about so small a part of what an endpoint gets
  // A delivery that could start no sooner than this is parked; the shortest tier's pause, for nothing comes
  // back sooner.
  std::chrono::microseconds max_wait{15'000'000};
  // Deliveries of one account, of all lanes, that go on though they cannot start at once; what is more is
  // parked.
  std::size_t max_waiting = 1'000;
};

// Keeps floods out of the deliveries' partitions: of an endpoint that gets more than its limit lets through,
// the excess is parked before it stands in front of its neighbours there. An estimate: the exact limit is the
// endpoint gate's. Pure; no lock.
class FanoutPace {
 public:
  explicit FanoutPace(const PaceLimits& limits) : limits_(limits) {}

  // Counts one more delivery to the webhook. Gives the time to park it until; nullopt: it goes on to its
  // partition.
  std::optional<MonoTime> Take(const Webhook& webhook, MonoTime now);
  // Forgets who is below his limit again.
  void Sweep(MonoTime now);

 private:
  using Starts = std::priority_queue<MonoTime, std::vector<MonoTime>, std::greater<>>;

  const PaceLimits limits_;
  // When all that was counted will have been sent at the limit's pace (the generic cell rate algorithm's
  // theoretical arrival time).
  std::unordered_map<WebhookId, MonoTime> served_;
  std::unordered_map<AccountId, Starts>
      waiting_;  // of those that went on and cannot start yet: when they can
};

}  // namespace webhook
