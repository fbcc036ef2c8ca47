#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/result.h"
#include "core/secret.h"
#include "services/registry/api/operations/webhook_input.h"
#include "services/registry/store/secrets.h"
#include "services/registry/store/webhooks.h"

namespace webhook {

// Creates and changes webhooks for REST and gRPC alike, in the caller's transaction. Immutable; from any
// thread.
class WebhookCommands {
 public:
  WebhookCommands(const store::SecretStore& secrets, WebhookRules rules)
      : secrets_(secrets), rules_(std::move(rules)) {}

  struct Created {
    store::WebhookRecord record;
    Secret secret;
  };
  // Everything that is wrong with the values beyond their form.
  std::vector<FieldViolation> Check(store::Tx& tx, const WebhookInput& input) const;

  // kLimited "too_many_webhooks": the account has more than it may, or would with so many more.
  Status CheckQuota(store::Tx& tx, const AccountId& account, int more) const;
  // REQUIRES, as all that takes an input: Check() found nothing; CheckQuota() neither.
  Created Create(store::Tx& tx, const AccountId& account, const WebhookInput& input) const;
  // Absent values stay (docs/contract.md, point 1). Errors as store::UpdateWebhook().
  Result<store::WebhookRecord> Update(store::Tx& tx, const AccountId& account, const WebhookId& id,
                                      const std::optional<std::int64_t>& if_revision,
                                      const WebhookInput& input) const;

  // Makes a new secret, or the caller's own, the newest. The one before it stays valid for `overlap`, older
  // ones end. Returns the new one. kInvalid; kNotFound as store::ReadWebhook().
  Result<Secret> RotateSecret(store::Tx& tx, const AccountId& account, const WebhookId& id,
                              const std::optional<Secret>& own, std::chrono::seconds overlap) const;

 private:
  const store::SecretStore& secrets_;
  const WebhookRules rules_;
};

}  // namespace webhook
