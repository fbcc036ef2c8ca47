#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/short_text.h"
#include "core/time.h"
#include "domain/delivery.h"
#include "domain/ids.h"

namespace webhook {

// What happened to a delivery: one for each attempt, and one for each change of state without a request.
// Field by field the same as webhook.v1.AttemptRecord, where the outcome words are listed.
struct AttemptRecord {
  DeliveryId delivery_id;
  AccountId account;
  WebhookId webhook_id;
  EventId event_id;
  std::string event_type;
  NotificationId notification_id;
  int run = 0;
  int attempt = 1;  // the attempt made; without a request, the one that would have been next
  DeliveryKind kind = DeliveryKind::kEvent;
  WallTime accepted_at{};                         // of the event
  WallTime created_at{};                          // of the delivery
  DeliveryState state = DeliveryState::kPending;  // of the delivery after this
  std::string outcome;
  std::string reason;                       // one sentence for people
  std::optional<WallTime> next_attempt_at;  // nullopt: none

  bool requested = false;  // a request was started; the next group means something only then
  WallTime started_at{};
  std::chrono::microseconds duration{0};
  RequestPhases phases;
  std::string request_head;      // request line and headers as written; empty: nothing was
  int status = 0;                // 0: no answer
  std::string response_excerpt;  // bytes, at most 4,096
  std::string response_headers;  // a line "name: value" each, at most 16 KiB in all
  std::string url;
  ShortText remote_address;  // "203.0.113.7:443"; empty: none dialled

  // Where the delivery record lies in webhook.deliveries.
  std::int32_t delivery_partition = 0;
  std::int64_t delivery_offset = 0;
};

// fn(std::string_view) of each line.
template <typename Fn>
void ForEachLine(std::string_view lines, Fn fn) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    fn(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

}  // namespace webhook
