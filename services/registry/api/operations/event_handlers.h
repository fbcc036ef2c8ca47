#pragma once

#include "core/secret.h"
#include "services/registry/api/operations/call.h"

namespace webhook {

// The operations of openapi/events.yaml that read events or erase them; publish_handlers.h and
// delivery_handlers.h have the others.
class EventHandlers {
 public:
  explicit EventHandlers(Secret cursor_key) : cursor_key_(std::move(cursor_key)) {}
  void AddTo(Handlers* handlers);

 private:
  Result<Reply> List(const Call& call) const;
  Result<Reply> Get(const Call& call) const;
  Result<Reply> Erase(const Call& call) const;

  const Secret cursor_key_;
};

}  // namespace webhook
