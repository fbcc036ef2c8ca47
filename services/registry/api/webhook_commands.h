#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "services/registry/api/webhook_input.h"
#include "services/registry/store/event_types.h"
#include "services/registry/store/webhooks.h"

namespace webhook {

// Creates and changes webhooks for REST and gRPC alike: every value is checked here. From any thread; blocks.
class WebhookCommands {
 public:
  WebhookCommands(store::WebhookStore& webhooks, store::EventTypeStore& event_types, WebhookRules rules)
      : webhooks_(webhooks), event_types_(event_types), rules_(std::move(rules)) {}

  // The new webhook with its one secret in clear. `noted`: what was wrong with the input's form; told
  // together with what is wrong with its values.
  Result<store::WebhookRecord> Create(const AccountId& account, const WebhookInput& input,
                                      std::vector<FieldViolation> noted);
  // Absent values stay (docs/contract.md, point 1).
  Result<store::WebhookRecord> Update(const AccountId& account, const WebhookId& id,
                                      const std::optional<std::int64_t>& if_revision,
                                      const WebhookInput& input, std::vector<FieldViolation> noted);

 private:
  Status Check(const WebhookInput& input, std::vector<FieldViolation> noted);

  store::WebhookStore& webhooks_;
  store::EventTypeStore& event_types_;
  const WebhookRules rules_;
};

}  // namespace webhook
