#pragma once

#include <cstdint>

#include "core/secret.h"
#include "services/registry/api/operations/call.h"

namespace webhook {

// The operations of openapi/accounts.yaml.
class AccountHandlers {
 public:
  struct Parts {
    Secret pepper;  // of API keys
    Secret cursor_key;
    std::int64_t max_webhooks = 0;  // 0: no limit
  };
  explicit AccountHandlers(Parts parts) : parts_(std::move(parts)) {}
  void AddTo(Handlers* handlers);

 private:
  Result<Reply> Me(const Call& call) const;
  Result<Reply> Usage(const Call& call) const;
  Result<Reply> ListKeys(const Call& call) const;
  Result<Reply> CreateKey(const Call& call) const;
  Result<Reply> RevokeKey(const Call& call) const;
  Result<Reply> ListAudit(const Call& call) const;

  const Parts parts_;
};

}  // namespace webhook
