#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/encoding.h"
#include "core/short_text.h"
#include "core/time.h"
#include "domain/event.h"
#include "domain/ids.h"

namespace webhook {

enum class DeliveryKind { kEvent = 1, kTest = 2, kRedelivery = 3 };

// Values equal those of webhook.v1.WaitReason.
enum class WaitReason { kNone = 0, kRetry = 1, kParked = 2 };

// One event on its way to one webhook; `attempt` is the one to make next.
struct Delivery {
  DeliveryId id;
  std::shared_ptr<const Event> event;
  WebhookId webhook_id;
  int run = 0;  // 0 = the event's own; a test or redelivery has its own
  int attempt = 1;
  DeliveryKind kind = DeliveryKind::kEvent;
  WallTime created_at{};
  std::optional<WallTime> due_at;  // not to be sent before
  WaitReason wait_reason = WaitReason::kNone;
  std::int64_t config_revision =
      0;  // the maker held this revision: an older copy of the webhooks must not end it
};

// 128 bits that stand for a run of a delivery, for all of its attempts; for one attempt of it.
Bytes16 Fingerprint(const DeliveryId& delivery, int run);
Bytes16 Fingerprint(const DeliveryId& delivery, int run, int attempt);

// What a record of a delivery stands for: its run, its attempt, and the round of that: (delivery, run,
// attempt, due_at). A delivery that is parked comes back as another round of the same attempt, due later.
struct DeliveryPrints {
  Bytes16 run{};
  Bytes16 attempt{};
  Bytes16 round{};
};
DeliveryPrints PrintsOf(const Delivery& delivery);

// States as REST shows them; values equal those of webhook.v1.DeliveryState.
enum class DeliveryState {
  kPending = 1,
  kWaiting = 2,
  kDelivered = 3,
  kRejected = 4,
  kFailed = 5,
  kCancelled = 6,
  kSkipped = 7,
  kBlocked = 8,
};
// "pending", "waiting", …
std::string_view ToText(DeliveryState state);

// What kept an attempt from an HTTP answer, on the endpoint's side. Told by http::Client, in HttpResult.
enum class NetFault { kDns, kConnect, kTls, kTimeoutConnect, kTimeoutTls, kTimeoutResponse, kProtocol };
// The outcome word of proto AttemptRecord and of the metrics: "dns", "timeout_tls", …
std::string_view ToText(NetFault fault);

// How long each part of a request took; 0: there was none (a kept connection, a literal address, no TLS).
struct RequestPhases {
  std::chrono::microseconds dns{0};
  std::chrono::microseconds connect{0};
  std::chrono::microseconds tls{0};
  std::chrono::microseconds answer{0};  // from its first byte written to the head of the answer
};

// What one POST of http::Client (libs/http/client.h) came to, for the engine to judge: exactly one of status,
// fault, blocked and own_fault is set.
struct HttpResult {
  int status = 0;                 // the endpoint's answer
  std::optional<NetFault> fault;  // the endpoint's side failed
  bool blocked = false;           // the address guard forbade every connection
  bool blocked_by_name = false;   // with `blocked`: for what a name leads to just now, not for the URL itself
  // Our side failed (no descriptor, no resolver, a stale connection, a lease that ran out): costs no attempt.
  bool own_fault = false;
  bool stale_connection = false;  // with `own_fault`: a kept one was closed; the next request takes a new one
  std::string detail;             // one sentence for people, for all but a status
  std::optional<std::chrono::seconds> retry_after;  // from 429 and 503 only
  std::string headers;       // a line "name: value" each, but for Set-Cookie; <= 16 KiB
  std::string excerpt;       // first bytes of the body, <= 4,096
  ShortText remote_address;  // "203.0.113.7:443"; empty: none dialled
  WallTime started_at{};
  std::optional<WallTime> written_at;  // the request's first byte; nullopt: none was written
  std::chrono::microseconds duration{0};
  RequestPhases phases;
  std::string request_head;  // as written: request line and headers; empty: nothing was written
};

}  // namespace webhook
