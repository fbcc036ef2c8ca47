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
  // Partitions of webhook.events, at least 1. Each has a lane of its own, and an endpoint's events fall to
  // all of them by chance: a lane lets through the endpoint's limit divided by this number.
  int lanes = 1;
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
  // Forgets the webhooks of which all that was counted could have been sent by now, at the limit's pace, and
  // the accounts of which nothing waits any more.
  void Sweep(MonoTime now);

 private:
  using Starts = std::priority_queue<MonoTime, std::vector<MonoTime>, std::greater<>>;

  const PaceLimits limits_;
  // When all that was counted will have been sent at the limit's pace (the generic cell rate algorithm's
  // theoretical arrival time).
  std::unordered_map<WebhookId, MonoTime> served_;
  // When those can start that went on and cannot yet.
  std::unordered_map<AccountId, Starts> waiting_;
};

}  // namespace webhook
