#pragma once

#include <string>
#include <string_view>

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
  std::string traceparent;  // W3C trace context of the publisher; empty: none
};

// 128 bits that stand for (account, event): repeats of a publish have the same.
Bytes16 Fingerprint(const Event& event);

// True for the form "00-<32 hex>-<16 hex>-<2 hex>" (W3C Trace Context, version 00): what may go into a
// header.
bool IsTraceparent(std::string_view text);

// Limits of the publish contract.
inline constexpr std::size_t kMaxEventDataBytes = 256 * 1024;
inline constexpr int kMaxJsonDepth = 64;
inline constexpr char kApiVersion[] = "2.1.0";

}  // namespace webhook
