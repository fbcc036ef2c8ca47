#pragma once

#include <string>

#include "core/encoding.h"
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
  // The publisher's W3C trace context, well formed (trace_context.h); empty: none.
  std::string traceparent;
  std::string tracestate;  // only beside a traceparent
};

// 128 bits that stand for (account, event): repeats of a publish have the same.
Bytes16 Fingerprint(const Event& event);

// Limits of the publish contract.
inline constexpr std::size_t kMaxEventDataBytes = 256 * 1024;
inline constexpr int kMaxJsonDepth = 64;
inline constexpr char kApiVersion[] = "2.1.0";

}  // namespace webhook
