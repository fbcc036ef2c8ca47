#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/guarded.h"
#include "core/result.h"
#include "domain/delivery.h"
#include "runtime/stop_token.h"
#include "services/registry/api/operations/account_calls.h"
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
  DeliveryCommands(AccountCalls& calls, OwnDeliveriesPort& port, runtime::StopToken stop)
      : calls_(calls), port_(port), stop_(std::move(stop)) {}

  // Sends the catalogue's sample (docs/contract.md, point 11).
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
  // Sends an ended delivery again, as its next run. Returns the run. kConflict "delivery_not_ended"; a repeat
  // after a commit that failed appends the same run, of which workers make one.
  Result<int> Redeliver(store::Tx& tx, const AccountId& account, const DeliveryId& id);

 private:
  Status Send(store::Tx& tx, const Delivery& delivery);
  bool TakePlace(const AccountId& account);
  void LeavePlace(const AccountId& account);

  AccountCalls& calls_;
  OwnDeliveriesPort& port_;
  runtime::StopToken stop_;
  struct Waiting {
    int all = 0;
    std::map<AccountId, int> of;
  };
  Guarded<Waiting> waiting_;
};

}  // namespace webhook
