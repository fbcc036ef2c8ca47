#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/secret.h"
#include "core/time.h"
#include "domain/ids.h"

namespace webhook {

// Ceilings on the requests that one webhook's endpoint gets (docs/contract.md, point 5). The ranges are what
// the registry accepts; its setting allow-unlimited admits 0, which is no limit, and shorter bursts. The
// worker does not check them.
struct RateLimit {
  int per_minute = 1000;   // in any 60 s: 1 to 1,000, or 0
  int burst = 100;         // in any burst_seconds: 1 to 100, or 0
  int burst_seconds = 10;  // 10 to 60, or 1 to 60; the worker keeps no longer window (kLongestRateWindow)

  bool operator==(const RateLimit&) const = default;
};

// A live signing secret, as the customer has it ("whsec_…").
struct SigningSecret {
  Secret value;
  std::optional<WallTime> expires_at;  // end of a rotation's overlap
};

// Everything that delivering to one webhook needs. Immutable: a change makes a new value.
struct Webhook {
  WebhookId id;
  AccountId account;
  std::string url;                  // normalised, absolute
  std::vector<std::string> events;  // event_pattern.h
  bool active = true;
  std::string inactive_reason;
  RateLimit rate_limit;
  std::vector<std::chrono::seconds> retry_schedule;  // pause after the first, second, … failure
  std::vector<int> permanent_statuses;               // end a delivery as rejected
  std::chrono::seconds timeout{30};                  // one attempt, body included
  std::map<std::string, std::string> headers;        // the customer's own
  std::vector<SigningSecret> secrets;                // newest first, 1 or 2
  std::set<std::pair<DeliveryId, int>> cancelled;    // runs of its deliveries that are not to be sent
  std::int64_t revision = 0;                         // of its last change
};

}  // namespace webhook
