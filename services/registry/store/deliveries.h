#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "domain/delivery.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

// A row of the delivery log.
struct DeliveryRow {
  DeliveryId id;
  AccountId account;
  WebhookId webhook_id;
  EventId event_id;
  std::string event_type;
  NotificationId notification_id;
  int run = 0;
  DeliveryKind kind = DeliveryKind::kEvent;
  DeliveryState state = DeliveryState::kPending;
  std::string outcome;  // of the last attempt; word of AttemptRecord
  int status = 0;       // of the newest answer; 0: none
  std::string reason;
  int attempts = 0;  // requests made, all runs
  std::optional<WallTime> next_attempt_at;
  WallTime accepted_at{};  // of its event
  WallTime updated_at{};
};

struct AttemptRow {
  int run = 0;
  int attempt = 0;
  WallTime started_at{};
  std::chrono::microseconds duration{0};
  RequestPhases phases;
  std::string request_head;
  int status = 0;
  std::string outcome;
  std::string reason;
  std::string url;
  std::string remote_address;
  std::vector<std::string> response_headers;
  std::string response_excerpt;
};

// Empty text, nullopt: any.
struct DeliveryFilter {
  std::string webhook_id;
  std::string event_type;
  std::string event_id;
  std::optional<DeliveryState> state;
  std::string outcome;                    // of the newest attempt
  int status = 0;                         // of the newest answer; 0: any
  std::optional<WallTime> since;          // accepted then or later
  std::optional<WallTime> until;          // accepted before
  std::optional<WallTime> changed_since;  // their state, then or later
};

// Where a page ends: the next one is older.
struct LogPosition {
  WallTime accepted_at{};
  std::string id;
};

// The same for a delivery's attempts.
struct AttemptPosition {
  WallTime started_at{};
  int run = 0;
  int attempt = 0;
};

// Reads the delivery log. store/delivery_log.h writes it; the one row that is written here is that of a
// delivery which the registry itself has appended.

struct DeliveryList {
  std::vector<DeliveryRow> rows;
  // Where to go on though there are fewer rows than asked for: so many that do not fit were looked at that
  // the rest is for another call. nullopt: that is all there is.
  std::optional<LogPosition> go_on;
};
// Newest first. Of what no index knows, at most kMostScanned rows are looked at.
DeliveryList ListDeliveries(Tx& tx, const AccountId& account, const DeliveryFilter& filter,
                            const std::optional<LogPosition>& after, int limit);
constexpr int kMostScanned = 2'000;
// kNotFound "delivery_not_found", for another account's too.
Result<DeliveryRow> ReadDelivery(Tx& tx, const AccountId& account, const DeliveryId& id);
// Newest first; `before`: only those that come after it in this order, nullopt: from the newest.
std::vector<AttemptRow> ListAttempts(Tx& tx, const DeliveryRow& delivery,
                                     const std::optional<AttemptPosition>& before, int limit);
// Inserts such a delivery before its first attempt is logged: as pending in its run. Nothing where the log
// is further on.
void InsertPendingDelivery(Tx& tx, const Delivery& delivery);

}  // namespace webhook::store
