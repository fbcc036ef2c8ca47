#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/time.h"
#include "domain/attempt_record.h"
#include "domain/event.h"

namespace webhook::store {

// What a batch of records comes to, before it is written: each row once. Pure; what is returned points into
// what was given.

using Records = std::vector<const AttemptRecord*>;

// How far on what the record tells is: 0: just made by the registry, 1: waits without a request, 2: a request
// failed and the next is planned, 3: ended.
int RankOf(const AttemptRecord& record);

// Keys of rows in `events`, `deliveries` and `attempts`.
std::string KeyOf(const AccountId& account, const EventId& event, WallTime accepted_at);
std::string KeyOf(const DeliveryId& delivery, WallTime accepted_at);
std::string KeyOf(const AttemptRecord& record);

// The notification's id as a row keeps it: nothing where it follows from the event, as nearly all do.
std::string KeptNotification(const NotificationId& id, const AccountId& account, const EventId& event);
NotificationId NotificationOf(const std::string& kept, const AccountId& account, const EventId& event);

// The first of each event, in their order.
std::vector<const Event*> DistinctEvents(const std::vector<const Event*>& events);
// The first record of each request, in their order; what tells of no request is left out.
Records DistinctRequests(const Records& records);

// The records that are furthest on, one for each delivery: a newer run; in it one that ended, delivered
// before all; then the higher attempt; the later record.
Records FurthestOn(const Records& records);

// What a webhook's requests say of its endpoint.
struct HealthStep {
  std::string_view webhook;
  const AccountId* account = nullptr;
  std::optional<WallTime> last_success;
  std::optional<WallTime> failing_since;          // the first failure after that
  const AttemptRecord* newest_failure = nullptr;  // null: none
};
// Tests say nothing. By webhook.
std::vector<HealthStep> HealthOf(const Records& records);

}  // namespace webhook::store
