#pragma once

#include <string>

#include "core/time.h"
#include "domain/ids.h"

namespace webhook {

// An accepted event with its final bytes. Immutable; shared by all of its deliveries.
struct Event {
  EventId id;
  AccountId account;
  std::string type;
  NotificationId notification_id;
  std::string body;  // what every endpoint receives and every signature covers
  WallTime accepted_at{};
  std::string traceparent;  // W3C trace context of the publisher; empty: none
};

// Limits of the publish contract.
inline constexpr std::size_t kMaxEventDataBytes = 256 * 1024;
inline constexpr int kMaxJsonDepth = 64;
inline constexpr char kApiVersion[] = "2.1.0";

}  // namespace webhook
