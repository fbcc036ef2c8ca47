#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/guarded.h"
#include "core/result.h"
#include "domain/delivery.h"
#include "runtime/stop_token.h"
#include "services/registry/store/config_reader.h"
#include "services/registry/store/deliveries.h"
#include "services/registry/store/event_types.h"
#include "services/registry/store/webhooks.h"

namespace webhook {

// Where deliveries go that the registry makes itself.
class OwnDeliveriesPort {
 public:
  virtual ~OwnDeliveriesPort() = default;
  // Appends to webhook.deliveries and waits for the broker's acknowledgement.
  virtual Status Append(const Delivery& delivery) = 0;
};

// Test deliveries and redeliveries. From any thread; blocks.
class DeliveryCommands {
 public:
  struct Parts {
    store::WebhookStore& webhooks;
    store::EventTypeStore& event_types;
    store::DeliveryStore& deliveries;
    store::ConfigReader& config;
    OwnDeliveriesPort& port;
  };
  DeliveryCommands(const Parts& parts, runtime::StopToken stop) : parts_(parts), stop_(std::move(stop)) {}

  struct Tested {
    DeliveryId delivery_id;
    std::optional<store::DeliveryRow> row;  // ended; nullopt: still under way
    std::optional<store::AttemptRow> attempt;
  };
  // Sends the catalogue's sample (docs/contract.md, point 11) and waits for its end: at most 10 s, and not at
  // all where many tests, or two of the account, are waited for already.
  Result<Tested> Test(const AccountId& account, const WebhookId& webhook, const std::string& event_type);
  // Sends an ended delivery again, as its next run. Returns the run. kConflict "delivery_not_ended".
  Result<int> Redeliver(const AccountId& account, const DeliveryId& id);

 private:
  Status Send(const Delivery& delivery);
  Tested AwaitEnd(const AccountId& account, const DeliveryId& id);
  bool TakePlace(const AccountId& account);
  void LeavePlace(const AccountId& account);

  Parts parts_;
  runtime::StopToken stop_;
  struct Waiting {
    int all = 0;
    std::map<AccountId, int> of;
  };
  Guarded<Waiting> waiting_;
};

}  // namespace webhook
