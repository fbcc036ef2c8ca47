#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "domain/delivery.h"
#include "runtime/stop_token.h"
#include "services/registry/api/operations/account_calls.h"
#include "services/registry/api/operations/call_places.h"
#include "services/registry/store/deliveries.h"

namespace webhook {

// Where deliveries go that the registry makes itself.
class OwnDeliveriesPort {
 public:
  virtual ~OwnDeliveriesPort() = default;
  // Appends to webhook.deliveries and waits for the broker's acknowledgement of all. Where it fails, some may
  // be appended all the same.
  virtual Status Append(const std::vector<Delivery>& deliveries) = 0;
};

// Test deliveries and redeliveries. From any thread; blocks.
class DeliveryCommands {
 public:
  DeliveryCommands(AccountCalls& calls, OwnDeliveriesPort& port, runtime::StopToken stop);

  // What is wrong with a test's event type; an empty one is nothing that is known to be wrong.
  static std::vector<FieldViolation> CheckTest(store::Tx& tx, const std::string& event_type);
  // Sends the catalogue's sample (docs/contract.md, point 11). REQUIRES: CheckTest() found nothing. kNotFound
  // "webhook_not_found"; kUnavailable: Kafka did not take it, or many calls wait for it.
  Result<DeliveryId> Test(store::Tx& tx, const AccountId& account, const WebhookId& webhook,
                          const std::string& event_type);
  struct Tested {
    DeliveryId delivery_id;
    std::optional<store::DeliveryRow> row;  // ended; nullopt: still under way
    std::optional<store::AttemptRow> attempt;
  };
  // Waits for a test's end, after its transaction: at most 10 s, and not at all where many tests, or two of
  // the account, are waited for already.
  Tested AwaitEnd(const AccountId& account, const DeliveryId& id);
  // Sends an ended delivery again, as its next run. Returns the run. kNotFound "delivery_not_found";
  // kConflict "delivery_not_ended", "webhook_deleted", "event_erased"; kUnavailable: Kafka did not take it. A
  // repeat after a commit that failed appends the same run, of which workers make one.
  Result<int> Redeliver(store::Tx& tx, const AccountId& account, const DeliveryId& id);

 private:
  Status Send(store::Tx& tx, const Delivery& delivery);
  AccountCalls& calls_;
  OwnDeliveriesPort& port_;
  runtime::StopToken stop_;
  CallPlaces waiting_;  // for tests
  CallPlaces sending_;  // with a connection to the database, for Kafka
};

}  // namespace webhook
