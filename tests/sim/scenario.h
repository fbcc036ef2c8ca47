#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/webhook.h"
#include "tests/sim/endpoints.h"
#include "tests/sim/worker_parts.h"

namespace webhook::sim {

enum class Act {
  kPublish,    // subject: event
  kCreate,     // subject: webhook
  kDelete,     // subject: webhook
  kToggle,     // subject: webhook; active or not
  kTouch,      // subject: webhook; a change that means nothing to deliveries
  kStart,      // subject: worker
  kKill,       // subject: worker; starts again after `length`
  kTerminate,  // subject: worker; starts again `length` after it has exited
  kStop,       // subject: worker; goes on after `length`
  kCut,        // subject: worker; cut off from the brokers for `length`
  // Subject: worker; all that it sends fails on its own side for `length`.
  kBreak,
  kBrokersDown,   // for `length`
  kRegistryDown,  // for `length`
};

struct Step {
  Time at{0};
  Act act = Act::kPublish;
  int subject = 0;
  Time length{0};
};

struct PlannedWebhook {
  Webhook webhook;
  EndpointPlan endpoint;
  // Is flooded then with so many events, and must get what its limit allows.
  bool paced = false;
  Time flooded_at{0};
  int flood = 0;
};

// All that a run is made of.
struct Scenario {
  std::uint64_t seed = 0;
  std::string faults;  // for people
  std::array<int, kTopics> partitions{};
  int workers = 1;
  WorkerSettings settings;
  std::vector<PlannedWebhook> webhooks;
  std::vector<std::shared_ptr<const Event>> events;
  std::vector<Step> steps;
  int kill_at_takeover = 0;  // permille
  Time kill_within{0};       // of it
  Time heal{0};              // no fault begins or lasts later
  Time deadline{0};          // by which all has to be over
  CheckerOptions checks;
};

// A run by chance: which faults there are is drawn first, so that each seed has its own mixture.
Scenario MakeScenario(std::uint64_t seed);

WebhookId WebhookName(int number);
std::shared_ptr<const Event> MakeEvent(int number, const AccountId& account, const std::string& type,
                                       std::size_t bytes);

}  // namespace webhook::sim
