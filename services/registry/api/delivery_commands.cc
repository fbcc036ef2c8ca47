#include "services/registry/api/delivery_commands.h"

#include <algorithm>

#include "core/nearest_name.h"
#include "crypto/crypto.h"
#include "domain/canonical_json.h"
#include "log/log.h"
#include "runtime/clock.h"

namespace webhook {
namespace {

// Handlers that may wait for tests: of all accounts, and of one, so that nobody's hanging endpoint takes all.
constexpr int kMaxWaiting = 8;
constexpr int kMaxWaitingOfAccount = 2;
constexpr std::chrono::seconds kWait{10};
constexpr std::chrono::milliseconds kLook{100};

bool Ended(DeliveryState state) {
  return state != DeliveryState::kPending && state != DeliveryState::kWaiting;
}

Result<store::EventType> Find(const std::vector<store::EventType>& types, const std::string& name) {
  std::vector<std::string> names;
  for (const store::EventType& type : types) {
    if (type.name == name) return type;
    names.push_back(type.name);
  }
  const std::string near = NearestName(name, names);
  return InvalidError(
      {{"/event", "unknown_event_type",
        "\"" + name + "\" is no event type" + (near.empty() ? "" : "; did you mean \"" + near + "\"?")}});
}

}  // namespace

Result<DeliveryCommands::Tested> DeliveryCommands::Test(const AccountId& account, const WebhookId& webhook,
                                                        const std::string& event_type) {
  const auto target = parts_.webhooks.Get(account, webhook);
  if (!target) return target.error();
  const auto types = parts_.event_types.List();
  if (!types) return types.error();
  const auto type = Find(*types, event_type);
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
  if (Status sent = Send(delivery); !sent) return sent.error();
  Tested tested;
  tested.delivery_id = delivery.id;
  if (!TakePlace(account)) return tested;
  tested = AwaitEnd(account, delivery.id);
  LeavePlace(account);
  return tested;
}

bool DeliveryCommands::TakePlace(const AccountId& account) {
  auto waiting = waiting_.Lock();
  if (waiting->all >= kMaxWaiting || waiting->of[account] >= kMaxWaitingOfAccount) return false;
  ++waiting->all;
  ++waiting->of[account];
  return true;
}

void DeliveryCommands::LeavePlace(const AccountId& account) {
  auto waiting = waiting_.Lock();
  --waiting->all;
  if (--waiting->of[account] == 0) waiting->of.erase(account);
}

Status DeliveryCommands::Send(const Delivery& delivery) {
  if (Status appended = parts_.port.Append(delivery); !appended) return appended;
  // It is on its way whatever happens here; the log shows it at the latest after its first attempt.
  if (const Status shown = parts_.deliveries.InsertPending(delivery); !shown)
    log::Warn("delivery.show_failed", {{"delivery_id", delivery.id.str()}, {"error", shown.error().message}});
  return Ok();
}

DeliveryCommands::Tested DeliveryCommands::AwaitEnd(const AccountId& account, const DeliveryId& id) {
  Tested tested;
  tested.delivery_id = id;
  const MonoTime end = runtime::ReadClock().mono + kWait;
  while (runtime::ReadClock().mono < end && !stop_.WaitFor(kLook)) {
    auto row = parts_.deliveries.Get(account, id);
    if (!row || !Ended(row->state)) continue;
    tested.row = std::move(*row);
    auto attempts = parts_.deliveries.Attempts(id);
    if (attempts && !attempts->empty()) tested.attempt = std::move(attempts->back());
    break;
  }
  return tested;
}

Result<int> DeliveryCommands::Redeliver(const AccountId& account, const DeliveryId& id) {
  const auto row = parts_.deliveries.Get(account, id);
  if (!row) return row.error();
  if (!Ended(row->state))
    return Error{ErrorCode::kConflict, "delivery_not_ended", "the delivery is still under way"};
  const auto target = parts_.webhooks.Get(account, row->webhook_id);
  if (!target) return Error{ErrorCode::kConflict, "webhook_deleted", "the delivery's webhook was deleted"};
  auto event = parts_.deliveries.ReadEvent(account, row->event_id);
  if (!event) return event.error();
  Delivery delivery;
  delivery.id = row->id;
  delivery.event = std::make_shared<Event>(std::move(*event));
  delivery.webhook_id = row->webhook_id;
  delivery.run = row->run + 1;
  delivery.kind = DeliveryKind::kRedelivery;
  delivery.created_at = runtime::ReadClock().wall;
  delivery.config_revision = target->webhook.revision;
  if (Status sent = Send(delivery); !sent) return sent.error();
  return delivery.run;
}

}  // namespace webhook
