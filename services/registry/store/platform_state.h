#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "domain/ids.h"
#include "services/registry/store/tx.h"

// What an operator asks of all accounts together. REQUIRES: the transaction sees all accounts.
namespace webhook::store {

// From here on each statement of the transaction is given up after so long.
void BoundStatements(Tx& tx, std::chrono::milliseconds longest);

struct Overdue {
  std::int64_t deliveries = 0;  // at most the limit
  // The one that has waited longest; nullopt: none waits.
  std::optional<WallTime> oldest_at;  // when it should have been tried
  DeliveryId oldest_delivery_id;
  AccountId account_id;
};
// What the log shows as waiting though it was due more than a minute ago.
Overdue ReadOverdue(Tx& tx, int limit);

struct FailingHost {
  std::string host;  // as in a URL, without the port
  std::int64_t webhooks = 0;
  std::int64_t accounts = 0;
  WallTime failing_since{};  // of the webhook that has failed longest
};
// Hosts of active webhooks that have only failed since some time: those with most webhooks first, among these
// the oldest.
std::vector<FailingHost> ListFailingHosts(Tx& tx, int limit);

}  // namespace webhook::store
