#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "domain/delivery.h"
#include "postgres/database.h"

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
  std::string reason;
  int attempts = 0;  // requests made, all runs
  std::optional<WallTime> next_attempt_at;
  WallTime created_at{};
  WallTime updated_at{};
};

struct AttemptRow {
  int run = 0;
  int attempt = 0;
  WallTime started_at{};
  std::chrono::microseconds duration{0};
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
};

// Where a page ends: the next one is older.
struct DeliveryPosition {
  WallTime created_at{};
  std::string id;
};

// Reads the delivery log. store/delivery_log.h writes it; the one row that is written here is that of a
// delivery which the registry itself has appended. From any thread; blocks; errors as postgres::Database
// says.
class DeliveryStore {
 public:
  explicit DeliveryStore(postgres::Database& database) : database_(database) {}

  // Newest first.
  Result<std::vector<DeliveryRow>> List(const AccountId& account, const DeliveryFilter& filter,
                                        const std::optional<DeliveryPosition>& after, int limit);
  // kNotFound "delivery_not_found", for another account's too.
  Result<DeliveryRow> Get(const AccountId& account, const DeliveryId& id);
  // The newest hundred, in the order in which they started. Checks no account: Get() the delivery first.
  Result<std::vector<AttemptRow>> Attempts(const DeliveryId& id);
  // The event of a delivery with its body. kNotFound "event_not_found" where the log does not have it.
  Result<Event> ReadEvent(const AccountId& account, const EventId& id);
  // Inserts such a delivery before its first attempt is logged: as pending in its run. Nothing where the log
  // is further on.
  Status InsertPending(const Delivery& delivery);

 private:
  postgres::Database& database_;
};

}  // namespace webhook::store
