#pragma once

#include <utility>

#include "core/secret.h"
#include "services/registry/api/operations/call.h"
#include "services/registry/api/operations/session_rules.h"

namespace webhook {

// The operations of openapi/sessions.yaml.
class SessionHandlers {
 public:
  struct Parts {
    Secret pepper;  // of API keys
    SessionLimits limits;
  };
  explicit SessionHandlers(Parts parts) : parts_(std::move(parts)) {}
  void AddTo(Handlers* handlers);

 private:
  Result<Reply> Create(const Call& call) const;
  Result<Reply> Current(const Call& call) const;
  Result<Reply> End(const Call& call) const;
  // `token`: the session's.
  Result<Reply> Show(const Call& call, const store::Session& session, const Secret& token) const;

  const Parts parts_;
};

}  // namespace webhook
