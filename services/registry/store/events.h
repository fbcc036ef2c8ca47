#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "domain/event.h"
#include "services/registry/store/deliveries.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

// An event of the delivery log, without its body.
struct EventRow {
  EventId id;
  std::string type;
  NotificationId notification_id;
  WallTime accepted_at{};
  std::optional<WallTime> erased_at;
};

// Empty text, nullopt: any.
struct EventFilter {
  std::string type;
  std::optional<WallTime> since;  // accepted then or later
  std::optional<WallTime> until;  // accepted before
};

// What an event was to one of the account's webhooks.
struct Reach {
  WebhookId webhook_id;
  std::vector<std::string> events;  // that the webhook is subscribed to now
  bool active = false;              // now
  WallTime webhook_created_at{};
  std::optional<DeliveryId> delivery_id;  // nullopt: there is none
  DeliveryState state = DeliveryState::kPending;
  std::string reason;
};

// Newest first.
std::vector<EventRow> ListEvents(Tx& tx, const AccountId& account, const EventFilter& filter,
                                 const std::optional<LogPosition>& after, int limit);
// Of one that was published more than once, the first. kNotFound "event_not_found".
Result<EventRow> ReadEventRow(Tx& tx, const AccountId& account, const EventId& id);
// With its body: of what was accepted then; nullopt: the first. kNotFound "event_not_found" where the log
// does not have it; kConflict "event_erased".
Result<Event> ReadEvent(Tx& tx, const AccountId& account, const EventId& id,
                        const std::optional<WallTime>& accepted_at = std::nullopt);
// Each of the account's webhooks that exist or got the event, at most `limit`.
std::vector<Reach> ReadReach(Tx& tx, const AccountId& account, const EventId& id, int limit);
// Erases the body, and the excerpts of the answers to it. Idempotent. kNotFound as above.
Status EraseEvent(Tx& tx, const AccountId& account, const EventId& id);

}  // namespace webhook::store
