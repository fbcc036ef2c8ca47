#pragma once

#include "core/secret.h"
#include "services/registry/api/operations/call.h"
#include "services/registry/api/operations/call_places.h"
#include "services/registry/api/operations/delivery_commands.h"

namespace webhook {

// The operations of openapi/deliveries.yaml and redeliveries.yaml, and what became of an event.
class DeliveryHandlers {
 public:
  // All outlive the handlers.
  DeliveryHandlers(DeliveryCommands& deliveries, Secret cursor_key)
      : deliveries_(deliveries), cursor_key_(std::move(cursor_key)) {}
  void AddTo(Handlers* handlers);

 private:
  Result<Reply> List(const Call& call) const;
  Result<Reply> Get(const Call& call) const;
  Result<Reply> ListAttempts(const Call& call) const;
  Result<Reply> ListOfEvent(const Call& call) const;
  Result<Reply> Cancel(const Call& call) const;
  Result<Reply> Redeliver(const Call& call) const;
  Result<Reply> CreateRedelivery(const Call& call) const;
  Result<Reply> ListRedeliveries(const Call& call) const;
  Result<Reply> GetRedelivery(const Call& call) const;
  Result<Reply> CancelRedelivery(const Call& call) const;

  DeliveryCommands& deliveries_;
  const Secret cursor_key_;
  // Counts of redeliveries: each may read an account's whole log.
  mutable CallPlaces counting_{3, 1};
};

}  // namespace webhook
