#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "domain/ids.h"
#include "postgres/database.h"
#include "services/registry/store/log_rows.h"
#include "services/registry/store/tx.h"
#include "services/registry/store/webhook_stats.h"

namespace webhook::store {

// How each webhook's endpoint has answered of late: kept by the log writer with the attempts that say so.
// Tests say nothing of it.

// Takes the records into it. In the log writer's transaction alone.
void MergeHealth(postgres::Session& session, Tx& tx, const Records& records);

struct LastFailure {
  WallTime at{};  // when the request began
  DeliveryId delivery_id;
  std::string outcome;  // word of AttemptRecord
  int status = 0;       // 0: no answer
  std::string reason;
};

// A webhook with its health.
struct WebhookHealth {
  WebhookId id;
  std::string url;
  std::chrono::seconds timeout{0};
  bool active = true;
  std::string inactive_reason;
  std::optional<WallTime> inactive_since;
  WallTime updated_at{};  // of the webhook
  std::optional<WallTime> last_success_at;
  std::optional<WallTime> failing_since;    // the first failure after the last success; nullopt: none
  std::optional<LastFailure> last_failure;  // the newest, also where it has succeeded since

  // Only of an active one: what is sent to no more does not fail.
  bool failing() const { return active && failing_since; }
};

struct HealthFilter {
  std::optional<bool> failing;
  std::optional<std::vector<std::string>> webhooks;  // ids; nullopt: any
};

// Where a page ends.
struct HealthPosition {
  std::optional<WallTime> failing_since;  // nullopt: behind those that fail
  std::string id;
};

// Those that fail first, the longest first; then the others, newest first. `after`: only what comes later in
// this order.
std::vector<WebhookHealth> ListHealth(Tx& tx, const AccountId& account, const HealthFilter& filter,
                                      const std::optional<HealthPosition>& after, int limit);

struct RequestStep {
  WallTime at{};  // the hour's begin
  std::int64_t requests = 0;
  std::int64_t succeeded = 0;
};
// The hours that begin in [since, until) and in which there were requests, oldest first.
std::map<WebhookId, std::vector<RequestStep>> ReadHours(Tx& tx, const AccountId& account,
                                                        const std::vector<WebhookId>& webhooks,
                                                        WallTime since, WallTime until);
// What waits for its next attempt, of at most `limit` of each: any, for an order would read all. Those
// without any are left out.
std::map<WebhookId, Waiting> ReadWaitingOf(Tx& tx, const AccountId& account,
                                           const std::vector<WebhookId>& webhooks, int limit);

struct HealthCounts {
  std::int64_t webhooks = 0;
  std::int64_t active = 0;
  std::int64_t failing = 0;
};
HealthCounts CountHealth(Tx& tx, const AccountId& account);
// True: a delivery has succeeded once, be it of a webhook that was deleted since.
bool HasDelivered(Tx& tx, const AccountId& account);

}  // namespace webhook::store
