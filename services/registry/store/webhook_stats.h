#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "domain/attempt_record.h"
#include "postgres/database.h"
#include "services/registry/store/latency_counts.h"
#include "services/registry/store/log_rows.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

// What a webhook's requests came to, and those of all webhooks of an account: counted by the log writer with
// the attempts themselves, tests left out, in slots of ten minutes by when a request began (webhook_health.h
// reads the same of each webhook in hours). They are kept for as long as the log.

constexpr std::chrono::minutes kStatsSlot{10};

struct StatsRow {
  WallTime at{};        // the slot's begin
  std::string outcome;  // word of AttemptRecord
  std::int64_t requests = 0;
  LatencyCounts latency;
};

// REQUIRES: their days are made.
void AddStats(postgres::Session& session, Tx& tx, const Records& records);
// Slots that begin in [since, until), oldest first.
std::vector<StatsRow> ReadStats(Tx& tx, const AccountId& account, const WebhookId& webhook, WallTime since,
                                WallTime until);
// The same of all of the account's webhooks, those that were deleted since too.
std::vector<StatsRow> ReadAccountStats(Tx& tx, const AccountId& account, WallTime since, WallTime until);

struct Waiting {
  std::int64_t deliveries = 0;  // at most the limit
  std::optional<WallTime> next_attempt_at;
};
// What waits for its next attempt, of the newest `limit` that do.
Waiting ReadWaiting(Tx& tx, const AccountId& account, const WebhookId& webhook, int limit);
// The same of the whole account; for the time of the next attempt only the newest `looked` are read: an index
// counts them, but their rows lie far apart.
Waiting ReadAccountWaiting(Tx& tx, const AccountId& account, int limit, int looked);

}  // namespace webhook::store
