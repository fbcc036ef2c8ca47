#pragma once

#include "core/secret.h"
#include "services/registry/api/operations/call.h"

namespace webhook {

// The operation of openapi/health.yaml. From any thread.
class HealthHandlers {
 public:
  explicit HealthHandlers(Secret cursor_key) : cursor_key_(std::move(cursor_key)) {}

  void AddTo(Handlers* handlers);

 private:
  Result<Reply> List(const Call& call) const;

  const Secret cursor_key_;
};

}  // namespace webhook
