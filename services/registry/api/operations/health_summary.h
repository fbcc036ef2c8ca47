#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/registry/store/webhook_health.h"

namespace webhook {

// Of each webhook's deliveries that wait, so many are counted.
inline constexpr int kHealthWaitingLooked = 100;

// What is known of a webhook.
struct HealthItem {
  store::WebhookHealth health;
  store::Waiting waiting = {};
  std::vector<store::RequestStep> steps = {};  // of the last 24 hours

  std::int64_t requests() const;
  std::int64_t succeeded() const;
};

// inactive: it is not active. failing: its last requests failed. healthy: the last one succeeded. quiet:
// nothing was sent to it that is known.
const char* HealthState(const store::WebhookHealth& health);

// What is wrong and what to do next, for a person who runs an HTTP endpoint. Times are in UTC. No text of an
// endpoint is in it: what it says is ours, the registered URL's host and the owner's own reason.
std::string HealthSummary(const HealthItem& item);

}  // namespace webhook
