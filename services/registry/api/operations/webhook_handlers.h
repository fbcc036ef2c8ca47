#pragma once

#include "core/secret.h"
#include "services/registry/api/operations/call.h"
#include "services/registry/api/operations/delivery_commands.h"
#include "services/registry/api/operations/webhook_commands.h"

namespace webhook {

// The operations of openapi/webhooks.yaml and pauses.yaml.
class WebhookHandlers {
 public:
  // All outlive the handlers.
  WebhookHandlers(const WebhookCommands& webhooks, const store::SecretStore& secrets,
                  DeliveryCommands& deliveries, Secret cursor_key)
      : webhooks_(webhooks), secrets_(secrets), deliveries_(deliveries), cursor_key_(std::move(cursor_key)) {}
  void AddTo(Handlers* handlers);

 private:
  Result<Reply> Create(const Call& call) const;
  Result<Reply> List(const Call& call) const;
  Result<Reply> Get(const Call& call) const;
  Result<Reply> Update(const Call& call) const;
  Result<Reply> Delete(const Call& call) const;
  Result<Reply> Test(const Call& call) const;
  Result<Reply> Pause(const Call& call) const;
  Result<Reply> Resume(const Call& call) const;
  Result<Reply> ListSecrets(const Call& call) const;
  Result<Reply> RotateSecret(const Call& call) const;

  const WebhookCommands& webhooks_;
  const store::SecretStore& secrets_;
  DeliveryCommands& deliveries_;
  const Secret cursor_key_;
};

}  // namespace webhook
