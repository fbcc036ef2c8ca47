#include "services/registry/api/operations/webhook_commands.h"

#include "crypto/crypto.h"
#include "crypto/webhook_signature.h"
#include "domain/ids.h"
#include "runtime/clock.h"
#include "services/registry/store/event_types.h"

namespace webhook {

std::vector<FieldViolation> WebhookCommands::Check(store::Tx& tx, const WebhookInput& input) const {
  std::vector<std::string> names;
  for (const store::EventType& type : store::ListEventTypes(tx)) names.push_back(type.name);
  std::vector<FieldViolation> violations;
  CheckWebhookInput(input, rules_, names, &violations);
  return violations;
}

Status WebhookCommands::CheckQuota(store::Tx& tx, const AccountId& account, int more) const {
  if (rules_.max_webhooks > 0 && store::CountWebhooks(tx, account) + more > rules_.max_webhooks)
    return Error{ErrorCode::kLimited, "too_many_webhooks",
                 "the account has its " + std::to_string(rules_.max_webhooks) +
                     " webhooks; delete one, or ask for more"};
  return Ok();
}

WebhookCommands::Created WebhookCommands::Create(store::Tx& tx, const AccountId& account,
                                                 const WebhookInput& input) const {
  store::WebhookRecord wanted = DefaultWebhook(rules_);
  ApplyWebhookInput(input, &wanted);
  wanted.webhook.id = WebhookId(TimeOrderedId("webhook", runtime::ReadClock().wall, crypto::Random16()));
  wanted.webhook.account = account;
  Created created{store::InsertWebhook(tx, wanted),
                  input.secret ? *input.secret : crypto::NewSigningSecret()};
  secrets_.Add(tx, account, wanted.webhook.id, created.secret);
  return created;
}

Result<Secret> WebhookCommands::RotateSecret(store::Tx& tx, const AccountId& account, const WebhookId& id,
                                             const std::optional<Secret>& own,
                                             std::chrono::seconds overlap) const {
  // A change of the webhook, so that the workers are told.
  const auto touched =
      store::UpdateWebhook(tx, account, id, std::nullopt, [](store::WebhookRecord*) { return Ok(); });
  if (!touched) return touched.error();
  Secret secret = own ? *own : crypto::NewSigningSecret();
  const std::string newest = secrets_.Add(tx, account, id, secret);
  secrets_.ExpireOlder(tx, account, id, newest, overlap);
  return secret;
}

Result<store::WebhookRecord> WebhookCommands::Update(store::Tx& tx, const AccountId& account,
                                                     const WebhookId& id,
                                                     const std::optional<std::int64_t>& if_revision,
                                                     const WebhookInput& input) const {
  return store::UpdateWebhook(tx, account, id, if_revision, [&](store::WebhookRecord* record) {
    ApplyWebhookInput(input, record);
    return Ok();
  });
}

}  // namespace webhook
