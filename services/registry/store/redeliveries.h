#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "domain/delivery.h"
#include "services/registry/store/deliveries.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

// Redeliveries in bulk: what is asked for, and how far it is. A redelivery has a part for each webhook, since
// each has its own pace. What a part appends next is written down first (intents): after a crash the same
// runs are appended again, of which workers make one each, so that each delivery is sent once.

struct Redelivery {
  std::string id;  // "redelivery_…"
  AccountId account;
  std::string filter;  // JSON, as the API takes it
  std::string state;   // running, done, cancelled
  std::int64_t total = 0;
  std::int64_t sent = 0;
  std::int64_t passed = 0;
  WallTime created_at{};
  std::optional<WallTime> ended_at;
};

struct RedeliveryPart {
  std::string redelivery_id;
  AccountId account;
  WebhookId webhook_id;
  std::string filter;
};

struct RedeliveryCount {
  std::int64_t total = 0;
  std::int64_t webhooks = 0;
};

// Deliveries that fit. kInvalid "too_many": they cannot be counted within kCountTime; the transaction is
// over.
constexpr std::chrono::seconds kCountTime{5};
Result<RedeliveryCount> CountRedelivery(Tx& tx, const AccountId& account, const DeliveryFilter& filter);
struct NewRedelivery {
  std::string id;
  std::string filter_json;
  DeliveryFilter filter;  // the same
  // Of what one webhook skipped: begins so much later, since workers skip until they know of the change, is
  // not counted before, and runs beside others. nullopt: a common one. REQUIRES: else the filter has a
  // webhook.
  std::optional<std::chrono::seconds> catch_up_after = {};
};
// kConflict "redelivery_running": the account has a common one that has not ended; kInvalid "too_many" as
// above.
Result<Redelivery> InsertRedelivery(Tx& tx, const AccountId& account, const NewRedelivery& wanted);
// kNotFound "redelivery_not_found", for another account's too.
Result<Redelivery> ReadRedelivery(Tx& tx, const AccountId& account, const std::string& id);
// Newest first; `before`: only older ids, empty: from the newest.
std::vector<Redelivery> ListRedeliveries(Tx& tx, const AccountId& account, const std::string& before,
                                         int limit);
// Cancels the webhook's catch-ups that have not ended; the earliest time since which they were to send what
// was skipped, nullopt: there was none. What they have sent is skipped no more, so another may take over.
std::optional<WallTime> CancelCatchUps(Tx& tx, const AccountId& account, const WebhookId& webhook);
// Idempotent; what has ended stays as it is. kNotFound as above.
Status CancelRedelivery(Tx& tx, const AccountId& account, const std::string& id);

// --- for the runner, of all accounts

// Parts that have something left, of running redeliveries: once all that had happened when they were asked
// for is in the log, for each goes through it once. In an order of their own, from behind that part.
std::vector<RedeliveryPart> ListOpenParts(Tx& tx, const RedeliveryPart& behind, int limit);
// Writes down what the part appends next: up to `most` deliveries, oldest first, as their next runs. Nothing
// where intents of before are left. Those that have been sent again since, or whose event was erased, are
// passed over. False: the redelivery was cancelled.
[[nodiscard]] bool PlanPart(Tx& tx, const RedeliveryPart& part, const DeliveryFilter& filter, int most);
struct Intent {
  DeliveryRow delivery;
  int run = 0;
};
// Those whose run the log does not show yet, and that it still has.
std::vector<Intent> ReadIntents(Tx& tx, const RedeliveryPart& part);
bool HasIntents(Tx& tx, const RedeliveryPart& part);
// They are appended, but for `erased` of them, whose event is gone: takes the intents away.
void FinishIntents(Tx& tx, const RedeliveryPart& part, int erased);
// Nothing is left of the part, or its webhook is gone: intents that are left are passed over. With its last
// part the redelivery ends.
void EndPart(Tx& tx, const RedeliveryPart& part);
// Forgets what ended longer ago than that.
void DropRedeliveries(Tx& tx, std::chrono::days age);
// Of all accounts.
std::int64_t CountRunningRedeliveries(Tx& tx);

}  // namespace webhook::store
