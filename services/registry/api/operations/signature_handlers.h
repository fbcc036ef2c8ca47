#pragma once

#include "core/result.h"
#include "services/registry/api/operations/call.h"
#include "services/registry/store/secrets.h"
#include "services/registry/store/webhooks.h"

namespace webhook {

// What helps a customer's developer with signatures: a check of what was received, and a signed request to
// run by hand.
class SignatureHandlers {
 public:
  // Outlives the handlers.
  explicit SignatureHandlers(const store::SecretStore& secrets) : secrets_(secrets) {}
  void AddTo(Handlers* handlers);

 private:
  // With its secrets. kConflict "no_secret": none can be opened.
  Result<Webhook> ReadWithSecrets(const Call& call, const WebhookId& id) const;
  Result<Reply> Verify(const Call& call) const;
  Result<Reply> Curl(const Call& call) const;

  const store::SecretStore& secrets_;
};

}  // namespace webhook
