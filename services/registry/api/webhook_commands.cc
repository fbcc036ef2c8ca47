#include "services/registry/api/webhook_commands.h"

#include "crypto/crypto.h"
#include "crypto/webhook_signature.h"
#include "runtime/clock.h"

namespace webhook {

Status WebhookCommands::Check(const WebhookInput& input, std::vector<FieldViolation> noted) {
  const auto types = event_types_.List();
  if (!types) return types.error();
  std::vector<std::string> names;
  for (const store::EventType& type : *types) names.push_back(type.name);
  CheckWebhookInput(input, rules_, names, &noted);
  return noted.empty() ? Ok() : Status(InvalidError(std::move(noted)));
}

Result<store::WebhookRecord> WebhookCommands::Create(const AccountId& account, const WebhookInput& input,
                                                     std::vector<FieldViolation> noted) {
  if (Status checked = Check(input, std::move(noted)); !checked) return checked.error();
  store::WebhookRecord wanted = DefaultWebhook(rules_);
  ApplyWebhookInput(input, &wanted);
  wanted.webhook.id = WebhookId(TimeOrderedId("webhook", runtime::ReadClock().wall, crypto::Random16()));
  wanted.webhook.account = account;
  wanted.webhook.secrets = {{input.secret ? *input.secret : crypto::NewSigningSecret(), std::nullopt}};
  auto created = webhooks_.Create(wanted);
  if (created) created->webhook.secrets = wanted.webhook.secrets;
  return created;
}

Result<store::WebhookRecord> WebhookCommands::Update(const AccountId& account, const WebhookId& id,
                                                     const std::optional<std::int64_t>& if_revision,
                                                     const WebhookInput& input,
                                                     std::vector<FieldViolation> noted) {
  // Whose it is comes first: nobody learns from a violation that another's webhook exists.
  if (const auto own = webhooks_.Get(account, id); !own) return own.error();
  if (Status checked = Check(input, std::move(noted)); !checked) return checked.error();
  return webhooks_.Update(account, id, if_revision, [&](store::WebhookRecord* record) {
    ApplyWebhookInput(input, record);
    return Ok();
  });
}

}  // namespace webhook
