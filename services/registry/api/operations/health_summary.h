#pragma once

#include <string>

#include "services/registry/store/webhook_health.h"

namespace webhook {

// Of each webhook's deliveries that wait, so many are counted.
inline constexpr int kHealthWaitingLooked = 1'000;

// inactive: it is not active. failing: its last requests failed. healthy: the last one succeeded. quiet:
// nothing was sent to it that is known.
const char* HealthState(const store::WebhookHealth& health);

// What is wrong and what to do next, for a person who knows nothing of HTTP. Times are in UTC. No text of an
// endpoint is in it: what it says is ours, the registered URL's host and the owner's own reason.
std::string HealthSummary(const store::WebhookHealth& health, const store::Waiting& waiting);

}  // namespace webhook
