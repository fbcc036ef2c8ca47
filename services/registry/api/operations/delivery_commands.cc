#include "services/registry/api/operations/delivery_commands.h"

#include <algorithm>

#include "core/nearest_name.h"
#include "crypto/crypto.h"
#include "domain/canonical_json.h"
#include "runtime/clock.h"
#include "services/registry/store/event_types.h"
#include "services/registry/store/events.h"
#include "services/registry/store/locks.h"
#include "services/registry/store/webhooks.h"

namespace webhook {
namespace {

// Handlers that may wait for tests: of all accounts, and of one, so that nobody's hanging endpoint takes all.
constexpr int kMaxWaiting = 8;
constexpr int kMaxWaitingOfAccount = 2;
// Calls that may wait for the broker, each with a connection to the database of the few that there are.
constexpr int kMaxSending = 3;
constexpr std::chrono::seconds kWait{10};
constexpr std::chrono::milliseconds kLook{100};

bool Ended(DeliveryState state) {
  return state != DeliveryState::kPending && state != DeliveryState::kWaiting;
}

}  // namespace

DeliveryCommands::DeliveryCommands(AccountCalls& calls, OwnDeliveriesPort& port, runtime::StopToken stop)
    : calls_(calls),
      port_(port),
      stop_(std::move(stop)),
      waiting_(kMaxWaiting, kMaxWaitingOfAccount),
      sending_(kMaxSending, kMaxSending) {}

std::vector<FieldViolation> DeliveryCommands::CheckTest(store::Tx& tx, const std::string& event_type) {
  if (event_type.empty()) return {};
  std::vector<std::string> names;
  for (const store::EventType& type : store::ListEventTypes(tx)) {
    if (type.name == event_type) return {};
    names.push_back(type.name);
  }
  const std::string near = NearestName(event_type, names);
  return {
      {"/event", "unknown_event_type",
       "\"" + event_type + "\" is no event type" + (near.empty() ? "" : "; did you mean \"" + near + "\"?")}};
}

Result<DeliveryId> DeliveryCommands::Test(store::Tx& tx, const AccountId& account, const WebhookId& webhook,
                                          const std::string& event_type) {
  const auto target = store::ReadWebhook(tx, account, webhook);
  if (!target) return target.error();
  const auto type = store::ReadEventType(tx, event_type);
  if (!type) return type.error();
  const auto data = CanonicalObject(type->sample, "/sample");
  if (!data) return Error{ErrorCode::kInternal, "bad_sample", data.error().message};
  const WallTime now = runtime::ReadClock().wall;
  auto event = std::make_shared<Event>();
  event->id = EventId(TimeOrderedId("event", now, crypto::Random16()));
  event->account = account;
  event->type = event_type;
  event->notification_id = DeriveNotificationId(account, event->id);
  event->body = NotificationBody(event->notification_id, event_type, now, data->text);
  event->accepted_at = now;
  Delivery delivery;
  delivery.id = DeriveDeliveryId(account, event->id, target->webhook.id);
  delivery.event = event;
  delivery.webhook_id = target->webhook.id;
  delivery.kind = DeliveryKind::kTest;
  delivery.created_at = now;
  delivery.config_revision = target->webhook.revision;
  if (Status sent = Send(tx, delivery); !sent) return sent.error();
  return delivery.id;
}

// Where the commit fails after the append, it is on its way all the same, and the log shows it after its
// first attempt.
Status DeliveryCommands::Send(store::Tx& tx, const Delivery& delivery) {
  const auto place = sending_.Take(delivery.event->account);
  if (!place)
    return Error{ErrorCode::kUnavailable, "many_sends",
                 "many tests and redeliveries are just being sent; repeat"};
  if (Status appended = port_.Append({delivery}); !appended) return appended;
  store::InsertPendingDelivery(tx, delivery);
  return Ok();
}

DeliveryCommands::Tested DeliveryCommands::AwaitEnd(const AccountId& account, const DeliveryId& id) {
  Tested tested;
  tested.delivery_id = id;
  const auto place = waiting_.Take(account);
  if (!place) return tested;
  const MonoTime end = runtime::ReadClock().mono + kWait;
  while (!tested.row && runtime::ReadClock().mono < end && !stop_.WaitFor(kLook)) {
    // What cannot be read now is read at the next look.
    (void)calls_.RunFor<Done>("read a test's end", account, [&](store::Tx& tx) -> Status {
      auto row = store::ReadDelivery(tx, account, id);
      if (!row || !Ended(row->state)) return Ok();
      std::vector<store::AttemptRow> attempts = store::ListAttempts(tx, *row, std::nullopt, 1);
      tested.row = std::move(*row);
      if (!attempts.empty()) tested.attempt = std::move(attempts.front());
      return Ok();
    });
  }
  return tested;
}

Result<int> DeliveryCommands::Redeliver(store::Tx& tx, const AccountId& account, const DeliveryId& id) {
  const auto row = store::ReadDelivery(tx, account, id);
  if (!row) return row.error();
  if (!Ended(row->state) || !store::TryLock(tx, "redeliver/" + id.str()))
    return Error{ErrorCode::kConflict, "delivery_not_ended", "the delivery is still under way"};
  const auto target = store::ReadWebhook(tx, account, row->webhook_id);
  if (!target) return Error{ErrorCode::kConflict, "webhook_deleted", "the delivery's webhook was deleted"};
  auto event = store::ReadEvent(tx, account, row->event_id, row->accepted_at);
  if (!event) return event.error();
  Delivery delivery;
  delivery.id = row->id;
  delivery.event = std::make_shared<Event>(std::move(*event));
  delivery.webhook_id = row->webhook_id;
  delivery.run = row->run + 1;
  delivery.kind = DeliveryKind::kRedelivery;
  delivery.created_at = runtime::ReadClock().wall;
  delivery.config_revision = target->webhook.revision;
  if (Status sent = Send(tx, delivery); !sent) return sent.error();
  return delivery.run;
}

}  // namespace webhook
