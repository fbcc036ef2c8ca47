#pragma once

#include <string>
#include <string_view>

#include "core/encoding.h"
#include "core/id.h"
#include "core/time.h"

namespace webhook {

using AccountId = Id<struct AccountTag>;            // account_…
using ApiKeyId = Id<struct ApiKeyTag>;              // key_…
using WebhookId = Id<struct WebhookTag>;            // webhook_…: the customer's registration
using NotificationId = Id<struct NotificationTag>;  // webhook_…: `id` in the body, one per event
using EventId = Id<struct EventTag>;                // the publisher's, or event_…
using DeliveryId = Id<struct DeliveryTag>;          // delivery_…
using SessionId = Id<struct SessionTag>;            // session_…: a browser that has logged in

// `<prefix>_` and 26 characters that sort by time (UUIDv7 layout, RFC 9562 section 5.7); random: 16 random
// bytes.
std::string TimeOrderedId(std::string_view prefix, WallTime now, const Bytes16& random);

// UUIDv5 of (account, event): the same for every webhook, attempt and repeat of a publish.
NotificationId DeriveNotificationId(const AccountId& account, const EventId& event);

// UUIDv5 of (account, event, webhook): a repeated fan-out makes the same delivery, so duplicates can be
// dropped.
DeliveryId DeriveDeliveryId(const AccountId& account, const EventId& event, const WebhookId& webhook);

// True for 1 to 128 characters of [A-Za-z0-9_-]: what every id is made of, a publisher's own event id too.
bool IsIdText(std::string_view text);

}  // namespace webhook
