#include "domain/delivery.h"

#include "domain/hash.h"

namespace webhook {

namespace {

// Parts with a bar between; the room is the thread's.
std::string& NameOf(std::string_view first) {
  thread_local std::string room;
  return room.assign(first);
}
std::string& NameOf(std::string_view first, std::int64_t number) {
  return (NameOf(first) += '|').append(std::to_string(number));
}

}  // namespace

Bytes16 Fingerprint(const DeliveryId& delivery, int run) {
  return Hash128(NameOf(delivery.view(), run));
}

Bytes16 Fingerprint(const DeliveryId& delivery, int run, int attempt) {
  return Hash128((NameOf(delivery.view(), run) += '|').append(std::to_string(attempt)));
}

DeliveryPrints PrintsOf(const Delivery& delivery) {
  DeliveryPrints prints;
  std::string& name = NameOf(delivery.id.view(), delivery.run);
  prints.run = Hash128(name);
  (name += '|').append(std::to_string(delivery.attempt));
  prints.attempt = Hash128(name);
  const std::int64_t due = delivery.due_at ? delivery.due_at->time_since_epoch().count() : -1;
  (name += '|').append(std::to_string(due));
  prints.round = Hash128(name);
  return prints;
}

Bytes16 Fingerprint(const Event& event) {
  return Hash128((NameOf(event.account.view()) += '|').append(event.id.view()));
}

std::string_view ToText(DeliveryState state) {
  switch (state) {
    case DeliveryState::kPending:
      return "pending";
    case DeliveryState::kWaiting:
      return "waiting";
    case DeliveryState::kDelivered:
      return "delivered";
    case DeliveryState::kRejected:
      return "rejected";
    case DeliveryState::kFailed:
      return "failed";
    case DeliveryState::kCancelled:
      return "cancelled";
    case DeliveryState::kSkipped:
      return "skipped";
    case DeliveryState::kBlocked:
      return "blocked";
  }
  return "unknown";
}

std::string_view ToText(NetFault fault) {
  switch (fault) {
    case NetFault::kDns:
      return "dns";
    case NetFault::kConnect:
      return "connect";
    case NetFault::kTls:
      return "tls";
    case NetFault::kTimeoutConnect:
      return "timeout_connect";
    case NetFault::kTimeoutTls:
      return "timeout_tls";
    case NetFault::kTimeoutResponse:
      return "timeout_response";
    case NetFault::kProtocol:
      return "protocol";
  }
  return "unknown";
}

}  // namespace webhook
