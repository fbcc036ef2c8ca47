#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "domain/retry_schedule.h"
#include "domain/webhook.h"
#include "http/address_guard.h"
#include "services/registry/store/webhooks.h"

namespace webhook {

// What a customer may set of a webhook; absent = unchanged, or the default at create (docs/contract.md, point
// 1).
struct WebhookInput {
  std::optional<std::string> url;
  std::optional<std::string> description;
  std::optional<std::vector<std::string>> events;
  std::optional<bool> active;
  std::optional<int> per_minute;
  std::optional<int> burst;
  std::optional<int> burst_seconds;
  std::optional<RetrySchedule> retry_schedule;
  std::optional<std::vector<int>> permanent_statuses;
  std::optional<int> timeout_seconds;
  std::optional<std::map<std::string, std::string>> headers;
  std::optional<Secret> secret;  // at create only
};

// What the operator allows.
struct WebhookRules {
  http::GuardPolicy guard;
  bool allow_unlimited = false;   // a rate limit of 0
  RateLimit most;                 // the platform's ceilings, and the defaults
  std::int64_t max_webhooks = 0;  // of one account; 0: no limit
};

// Reads a request's body. REQUIRES: it is as the schema NewWebhook or WebhookChange of the API's description
// says.
WebhookInput ReadWebhookInput(const nlohmann::json& body);

// Notes what is wrong with the values beyond their form: what the schemas cannot say. `event_types`: names of
// the catalogue.
void CheckWebhookInput(const WebhookInput& input, const WebhookRules& rules,
                       const std::vector<std::string>& event_types, std::vector<FieldViolation>* violations);

// Puts the values into the record. REQUIRES: CheckWebhookInput noted nothing.
void ApplyWebhookInput(const WebhookInput& input, store::WebhookRecord* record);

// A webhook as the contract's defaults make it.
store::WebhookRecord DefaultWebhook(const WebhookRules& rules);

}  // namespace webhook
