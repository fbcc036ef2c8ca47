#include "services/delivery-worker/engine/stages.h"

#include <algorithm>
#include <utility>

#include "domain/event_pattern.h"
#include "domain/topics.h"

namespace webhook {
namespace {

template <typename... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <typename... F>
Overloaded(F...) -> Overloaded<F...>;  // clang 14 does not find it

constexpr int kGone = 410;
constexpr std::chrono::seconds kMaxRetryAfter{3600};

std::chrono::microseconds Scaled(std::chrono::seconds time, double scale) {
  return std::chrono::microseconds{
      static_cast<std::int64_t>(static_cast<double>(std::chrono::microseconds{time}.count()) * scale)};
}

bool IsPermanent(int status, const Webhook& webhook) {
  const auto& list = webhook.permanent_statuses;
  return std::find(list.begin(), list.end(), status) != list.end();
}

std::string Told(const Outcome& outcome, const HttpResult& result) {
  if (const auto* refused = std::get_if<Refused>(&outcome)) {
    return "The endpoint answered " + std::to_string(refused->status) + ".";
  }
  return result.detail + ".";
}

}  // namespace

absl::InlinedVector<Delivery, 4> FanOut(const std::shared_ptr<const Event>& event,
                                        const std::vector<std::shared_ptr<const Webhook>>& webhooks,
                                        std::int64_t revision, WallTime now) {
  absl::InlinedVector<Delivery, 4> deliveries;
  for (const auto& webhook : webhooks) {
    if (!MatchesAny(webhook->events, event->type)) continue;
    Delivery delivery;
    delivery.id = DeriveDeliveryId(event->account, event->id, webhook->id);
    delivery.event = event;
    delivery.webhook_id = webhook->id;
    delivery.created_at = now;
    delivery.config_revision = revision;
    deliveries.push_back(std::move(delivery));
  }
  return deliveries;
}

Verdict Judge(const Delivery& delivery, const Known& known, std::chrono::seconds max_age, WallTime now) {
  const Webhook* const webhook = known.webhook;
  if (now - delivery.created_at > max_age) {
    return End{DeliveryState::kFailed, "expired",
               "The delivery is older than the platform keeps trying; redeliver it."};
  }
  const bool takes_it = webhook != nullptr && (webhook->active || delivery.kind == DeliveryKind::kTest);
  if (known.revision < delivery.config_revision && !(known.waited && takes_it)) return HoldForConfig{};
  if (webhook == nullptr) return End{DeliveryState::kCancelled, "cancelled", "The webhook was deleted."};
  if (webhook->account != delivery.event->account) {
    return End{DeliveryState::kCancelled, "cancelled", "The webhook belongs to another account."};
  }
  if (!webhook->cancelled.empty() && webhook->cancelled.contains({delivery.id, delivery.run}))
    return End{DeliveryState::kCancelled, "cancelled", "It was cancelled."};
  if (!takes_it) {
    return End{DeliveryState::kSkipped, "skipped",
               webhook->inactive_reason.empty() ? "The webhook is inactive."
                                                : "The webhook is inactive: " + webhook->inactive_reason};
  }
  return SendIt{};
}

Outcome Classify(const HttpResult& result) {
  if (result.own_fault) return OwnFault{};
  if (result.blocked) return Blocked{result.blocked_by_name};
  if (result.fault) return Unreached{*result.fault};
  if (result.status >= 200 && result.status < 300) return Delivered{};
  return Refused{result.status, result.retry_after};
}

std::string OutcomeWord(const Outcome& outcome, const Webhook& webhook) {
  return std::visit(
      Overloaded{
          [](const Delivered&) -> std::string { return "success"; },
          [&](const Refused& refused) -> std::string {
            if (IsPermanent(refused.status, webhook)) return "permanent";
            if (refused.status == 429) return "http_429";
            if (refused.status < 400) return "http_3xx";
            return refused.status < 500 ? "http_4xx" : "http_5xx";
          },
          [](const Unreached& unreached) -> std::string { return std::string(ToText(unreached.fault)); },
          [](const Blocked&) -> std::string { return "ssrf_blocked"; },
          [](const OwnFault&) -> std::string { return "own_fault"; },
      },
      outcome);
}

NextStep Decide(const Delivery& delivery, const Webhook& webhook, const Outcome& outcome,
                const HttpResult& result, double time_scale, WallTime ended) {
  if (std::holds_alternative<OwnFault>(outcome)) return AgainSoon{};
  if (std::holds_alternative<Delivered>(outcome)) return Finish{DeliveryState::kDelivered, ""};
  const std::string told = Told(outcome, result);
  const auto* blocked = std::get_if<Blocked>(&outcome);
  const DeliveryState in_vain = blocked != nullptr ? DeliveryState::kBlocked : DeliveryState::kFailed;
  if (blocked != nullptr && !blocked->by_name) return Finish{in_vain, told};
  const auto* refused = std::get_if<Refused>(&outcome);
  if (refused != nullptr && IsPermanent(refused->status, webhook)) {
    return Finish{DeliveryState::kRejected, told + " That is permanent: it is not retried.",
                  refused->status == kGone};
  }
  if (delivery.kind == DeliveryKind::kTest) return Finish{in_vain, told + " A test is not retried."};
  const auto made = static_cast<std::size_t>(delivery.attempt);
  const std::string count =
      " Attempt " + std::to_string(made) + " of " + std::to_string(webhook.retry_schedule.size() + 1) + ".";
  if (made > webhook.retry_schedule.size()) return Finish{in_vain, told + count};
  auto pause = Scaled(webhook.retry_schedule[made - 1], time_scale);
  if (refused != nullptr && refused->retry_after) {
    pause = std::max<std::chrono::microseconds>(pause, std::min(*refused->retry_after, kMaxRetryAfter));
  }
  return RetryAt{ended + pause, told + count};
}

std::chrono::microseconds TierDelay(std::string_view topic, double time_scale) {
  for (const WaitTier& tier : kWaitTiers) {
    if (topic == tier.topic) return Scaled(tier.delay, time_scale);
  }
  return std::chrono::microseconds{0};
}

const char* WaitTopic(WallTime due, WallTime now, double time_scale) {
  // A tier's pause counts from the broker's append, which may wait for company (WorkerProducer): a due time
  // that is a tier's pause away must find that tier.
  constexpr std::chrono::milliseconds kAppendTime{150};
  const char* topic = kDeliveriesTopic;
  for (const WaitTier& tier : kWaitTiers) {
    if (Scaled(tier.delay, time_scale) <= due - now + kAppendTime) topic = tier.topic;
  }
  return topic;
}

const char* ParkTopic(WallTime due, WallTime now, double time_scale) {
  const char* topic = WaitTopic(due, now, time_scale);
  return std::string_view(topic) == kDeliveriesTopic ? kWaitTiers.front().topic : topic;
}

AttemptRecord DescribeDelivery(const Delivery& delivery, std::int32_t partition, std::int64_t offset) {
  AttemptRecord record;
  record.delivery_id = delivery.id;
  record.account = delivery.event->account;
  record.webhook_id = delivery.webhook_id;
  record.event_id = delivery.event->id;
  record.event_type = delivery.event->type;
  record.notification_id = delivery.event->notification_id;
  record.run = delivery.run;
  record.attempt = delivery.attempt;
  record.kind = delivery.kind;
  record.accepted_at = delivery.event->accepted_at;
  record.created_at = delivery.created_at;
  record.delivery_partition = partition;
  record.delivery_offset = offset;
  return record;
}

void DescribeParking(WallTime due, const std::string& reason, AttemptRecord* record) {
  record->state = DeliveryState::kWaiting;
  record->outcome = "parked";
  record->reason = reason;
  record->next_attempt_at = due;
}

void DescribeRequest(HttpResult result, const std::string& url, AttemptRecord* record) {
  record->requested = true;
  record->started_at = result.started_at;
  record->duration = result.duration;
  record->phases = result.phases;
  record->request_head = std::move(result.request_head);
  record->status = result.status;
  record->response_excerpt = std::move(result.excerpt);
  record->response_headers = std::move(result.headers);
  record->url = url;
  record->remote_address = result.remote_address;
}

}  // namespace webhook
