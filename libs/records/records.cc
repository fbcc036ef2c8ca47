#include "records/records.h"

#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <initializer_list>
#include <utility>

#include "core/encoding.h"
#include "domain/event_pattern.h"
#include "domain/retry_schedule.h"
#include "domain/trace_context.h"
#include "webhook/v1/records.pb.h"

namespace webhook {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

constexpr std::size_t kMaxPoisonBytes = 256 * 1024;
// The data of an event and what NotificationBody() puts around it.
constexpr std::size_t kMaxBodyBytes = kMaxEventDataBytes + 1024;
constexpr std::int64_t kEndOfTime = 253'402'300'800;  // the year 10000

void SetTime(WallTime time, Timestamp* out) {
  *out = TimeUtil::MicrosecondsToTimestamp(time.time_since_epoch().count());
}

// REQUIRES: IsTime(time).
WallTime GetTime(const Timestamp& time) {
  return WallTime{std::chrono::microseconds{TimeUtil::TimestampToMicroseconds(time)}};
}

// Outside of this, protobuf ends the process where the time is written again.
bool IsTime(const Timestamp& time) {
  return time.seconds() >= 0 && time.seconds() < kEndOfTime && time.nanos() >= 0 &&
         time.nanos() < 1'000'000'000;
}

Error Refuse(const char* reason, std::string message) {
  return {ErrorCode::kInvalid, reason, std::move(message)};
}

Error Invalid(std::string message) {
  return Refuse("record_invalid", std::move(message));
}

// Reads into a message of the thread's, whose texts keep their room from one record to the next: what is to
// be kept is copied, or moved where it is long. Valid until the thread reads another of its kind.
template <typename Message>
Result<Message*> Read(std::string_view value) {
  thread_local Message message;
  if (value.empty()) return Refuse("record_empty", "the record is empty");
  if (!message.ParseFromArray(value.data(), static_cast<int>(value.size())))
    return Refuse("record_undecodable", "the record is no " + std::string(message.GetTypeName()));
  return &message;
}

// Text of an endpoint's, for a proto string: each byte that is not UTF-8 becomes U+FFFD. `room`: for the text
// where it changes.
const std::string& Utf8(const std::string& text, std::string* room) {
  if (IsUtf8(text)) return text;
  std::string& clean = *room;
  clean.clear();
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 1;
    while (length <= 4 && at + length <= text.size() && !IsUtf8(std::string_view(text).substr(at, length)))
      ++length;
    if (length > 4 || at + length > text.size()) {
      clean += "\xEF\xBF\xBD";
      ++at;
    } else {
      clean.append(text, at, length);
      at += length;
    }
  }
  return clean;
}

void ToProto(const Event& event, v1::EventRecord* record) {
  record->mutable_event_id()->assign(event.id.view());
  record->mutable_account_id()->assign(event.account.view());
  record->set_event_type(event.type);
  record->mutable_notification_id()->assign(event.notification_id.view());
  record->set_body(event.body);
  SetTime(event.accepted_at, record->mutable_accepted_at());
  record->set_traceparent(event.traceparent);
  record->set_tracestate(event.tracestate);
}

// Ids and types go into headers and logs as they are.
Status CheckIds(std::initializer_list<std::pair<const char*, std::string_view>> ids) {
  for (const auto& [name, id] : ids) {
    if (!IsIdText(id)) return Invalid(std::string(name) + " is no id");
  }
  return Ok();
}

Status CheckTimes(std::initializer_list<std::pair<const char*, const Timestamp*>> times) {
  for (const auto& [name, time] : times) {
    if (!IsTime(*time)) return Invalid(std::string(name) + " is not in the years 1970 to 9999");
  }
  return Ok();
}

Result<Event> FromProto(v1::EventRecord* record) {
  const Status ids = CheckIds({{"event_id", record->event_id()},
                               {"account_id", record->account_id()},
                               {"notification_id", record->notification_id()}});
  if (!ids) return ids.error();
  const Status times = CheckTimes({{"accepted_at", &record->accepted_at()}});
  if (!times) return times.error();
  if (!IsEventType(record->event_type())) return Invalid("event_type is no event type");
  if (record->body().empty()) return Invalid("the event has no body");
  if (record->body().size() > kMaxBodyBytes) return Invalid("the event's body is too large");
  Event event;
  event.id = EventId(record->event_id());
  event.account = AccountId(record->account_id());
  event.type = record->event_type();
  event.notification_id = NotificationId(record->notification_id());
  event.body = std::move(*record->mutable_body());
  event.accepted_at = GetTime(record->accepted_at());
  const auto context = ParseTraceparent(record->traceparent());
  if (!context) return event;
  event.traceparent = FormatTraceparent(*context);
  if (IsTracestate(record->tracestate())) event.tracestate = std::move(*record->mutable_tracestate());
  return event;
}

}  // namespace

// Each encoder writes from one message a thread, whose texts keep their room from one record to the next: so
// it sets every field, or clears it.

std::string EncodeEvent(const Event& event) {
  thread_local v1::EventRecord record;
  ToProto(event, &record);
  return record.SerializeAsString();
}

Result<Event> DecodeEvent(std::string_view value) {
  const auto read = Read<v1::EventRecord>(value);
  return read ? FromProto(*read) : read.error();
}

std::string EncodeDelivery(const Delivery& delivery) {
  std::string value;
  EncodeDelivery(delivery, &value);
  return value;
}

void EncodeDelivery(const Delivery& delivery, std::string* out) {
  thread_local v1::DeliveryRecord record;
  record.mutable_delivery_id()->assign(delivery.id.view());
  ToProto(*delivery.event, record.mutable_event());
  record.mutable_webhook_id()->assign(delivery.webhook_id.view());
  record.set_run(delivery.run);
  record.set_attempt(delivery.attempt);
  record.set_kind(static_cast<v1::DeliveryKind>(delivery.kind));
  SetTime(delivery.created_at, record.mutable_created_at());
  if (delivery.due_at) {
    SetTime(*delivery.due_at, record.mutable_due_at());
  } else {
    record.clear_due_at();
  }
  record.set_wait_reason(static_cast<v1::WaitReason>(delivery.wait_reason));
  record.set_config_revision(delivery.config_revision);
  record.SerializeToString(out);
}

Result<Delivery> DecodeDelivery(std::string_view value) {
  const auto read = Read<v1::DeliveryRecord>(value);
  if (!read) return read.error();
  v1::DeliveryRecord* const record = *read;
  const Status ids = CheckIds({{"delivery_id", record->delivery_id()}, {"webhook_id", record->webhook_id()}});
  if (!ids) return ids.error();
  const Status times = CheckTimes({{"created_at", &record->created_at()}, {"due_at", &record->due_at()}});
  if (!times) return times.error();
  if (!record->has_event()) return Invalid("the delivery has no event");
  if (record->attempt() < 1 || record->attempt() > static_cast<int>(kMaxRetries) + 1) {
    return Invalid("attempt " + std::to_string(record->attempt()) + " is not 1 to " +
                   std::to_string(kMaxRetries + 1));
  }
  if (record->run() < 0) return Invalid("run " + std::to_string(record->run()) + " is negative");
  if (!v1::DeliveryKind_IsValid(record->kind()) || record->kind() == v1::DELIVERY_KIND_UNSPECIFIED) {
    return Invalid("kind " + std::to_string(record->kind()) + " is unknown");
  }
  if (!v1::WaitReason_IsValid(record->wait_reason())) {
    return Invalid("wait_reason " + std::to_string(record->wait_reason()) + " is unknown");
  }
  auto event = FromProto(record->mutable_event());
  if (!event) return event.error();
  Delivery delivery;
  delivery.id = DeliveryId(record->delivery_id());
  delivery.event = std::make_shared<const Event>(std::move(*event));
  delivery.webhook_id = WebhookId(record->webhook_id());
  delivery.run = record->run();
  delivery.attempt = record->attempt();
  delivery.kind = static_cast<DeliveryKind>(record->kind());
  delivery.created_at = GetTime(record->created_at());
  if (record->has_due_at()) delivery.due_at = GetTime(record->due_at());
  delivery.wait_reason = static_cast<WaitReason>(record->wait_reason());
  delivery.config_revision = record->config_revision();
  return delivery;
}

std::string EncodeAttempt(const AttemptRecord& attempt) {
  std::string value;
  EncodeAttempt(attempt, &value);
  return value;
}

void EncodeAttempt(const AttemptRecord& attempt, std::string* out) {
  thread_local v1::AttemptRecord record;
  thread_local std::string room;
  // What only a request has would stay.
  if (!attempt.requested) record.Clear();
  record.mutable_delivery_id()->assign(attempt.delivery_id.view());
  record.mutable_account_id()->assign(attempt.account.view());
  record.mutable_webhook_id()->assign(attempt.webhook_id.view());
  record.mutable_event_id()->assign(attempt.event_id.view());
  record.set_event_type(attempt.event_type);
  record.mutable_notification_id()->assign(attempt.notification_id.view());
  record.set_run(attempt.run);
  record.set_attempt(attempt.attempt);
  record.set_kind(static_cast<v1::DeliveryKind>(attempt.kind));
  SetTime(attempt.accepted_at, record.mutable_accepted_at());
  SetTime(attempt.created_at, record.mutable_created_at());
  record.set_state(static_cast<v1::DeliveryState>(attempt.state));
  record.set_outcome(attempt.outcome);
  record.set_reason(Utf8(attempt.reason, &room));
  if (attempt.next_attempt_at) {
    SetTime(*attempt.next_attempt_at, record.mutable_next_attempt_at());
  } else {
    record.clear_next_attempt_at();
  }
  record.set_requested(attempt.requested);
  if (attempt.requested) {
    SetTime(attempt.started_at, record.mutable_started_at());
    record.set_duration_us(attempt.duration.count());
    record.mutable_phases()->set_dns_us(attempt.phases.dns.count());
    record.mutable_phases()->set_connect_us(attempt.phases.connect.count());
    record.mutable_phases()->set_tls_us(attempt.phases.tls.count());
    record.mutable_phases()->set_answer_us(attempt.phases.answer.count());
    record.set_request_head(Utf8(attempt.request_head, &room));
    record.set_status(attempt.status);
    record.set_response_excerpt(attempt.response_excerpt);
    record.clear_response_headers();
    ForEachLine(Utf8(attempt.response_headers, &room),
                [](std::string_view line) { record.add_response_headers()->assign(line); });
    record.set_url(Utf8(attempt.url, &room));
    record.mutable_remote_address()->assign(attempt.remote_address.view());
  }
  record.set_delivery_partition(attempt.delivery_partition);
  record.set_delivery_offset(attempt.delivery_offset);
  record.SerializeToString(out);
}

Result<AttemptRecord> DecodeAttempt(std::string_view value) {
  const auto read = Read<v1::AttemptRecord>(value);
  if (!read) return read.error();
  v1::AttemptRecord* const record = *read;
  const Status ids = CheckIds({{"delivery_id", record->delivery_id()},
                               {"account_id", record->account_id()},
                               {"webhook_id", record->webhook_id()},
                               {"event_id", record->event_id()},
                               {"notification_id", record->notification_id()}});
  if (!ids) return ids.error();
  const Status times = CheckTimes({{"accepted_at", &record->accepted_at()},
                                   {"created_at", &record->created_at()},
                                   {"started_at", &record->started_at()},
                                   {"next_attempt_at", &record->next_attempt_at()}});
  if (!times) return times.error();
  if (!v1::DeliveryState_IsValid(record->state()) || record->state() == v1::DELIVERY_STATE_UNSPECIFIED) {
    return Invalid("state " + std::to_string(record->state()) + " is unknown");
  }
  AttemptRecord attempt;
  attempt.delivery_id = DeliveryId(record->delivery_id());
  attempt.account = AccountId(record->account_id());
  attempt.webhook_id = WebhookId(record->webhook_id());
  attempt.event_id = EventId(record->event_id());
  attempt.event_type = record->event_type();
  attempt.notification_id = NotificationId(record->notification_id());
  attempt.run = record->run();
  attempt.attempt = record->attempt();
  attempt.kind = static_cast<DeliveryKind>(record->kind());
  attempt.accepted_at = GetTime(record->accepted_at());
  attempt.created_at = GetTime(record->created_at());
  attempt.state = static_cast<DeliveryState>(record->state());
  attempt.outcome = record->outcome();
  attempt.reason = std::move(*record->mutable_reason());
  if (record->has_next_attempt_at()) attempt.next_attempt_at = GetTime(record->next_attempt_at());
  attempt.requested = record->requested();
  attempt.started_at = GetTime(record->started_at());
  attempt.duration = std::chrono::microseconds{record->duration_us()};
  attempt.phases = {std::chrono::microseconds{record->phases().dns_us()},
                    std::chrono::microseconds{record->phases().connect_us()},
                    std::chrono::microseconds{record->phases().tls_us()},
                    std::chrono::microseconds{record->phases().answer_us()}};
  attempt.request_head = std::move(*record->mutable_request_head());
  attempt.status = record->status();
  attempt.response_excerpt = std::move(*record->mutable_response_excerpt());
  for (const std::string& line : record->response_headers()) attempt.response_headers.append(line) += '\n';
  attempt.url = std::move(*record->mutable_url());
  attempt.remote_address = ShortText(record->remote_address());
  attempt.delivery_partition = record->delivery_partition();
  attempt.delivery_offset = record->delivery_offset();
  return attempt;
}

std::string EncodePoison(std::string_view topic, std::int32_t partition, std::int64_t offset,
                         std::string_view reason, std::string_view key, std::string_view value) {
  v1::PoisonRecord record;
  record.set_topic(std::string(topic));
  record.set_partition(partition);
  record.set_offset(offset);
  std::string room;
  record.set_reason(Utf8(std::string(reason), &room));
  record.set_key(std::string(key.substr(0, kMaxPoisonBytes)));
  record.set_value(std::string(value.substr(0, kMaxPoisonBytes)));
  return record.SerializeAsString();
}

Result<PoisonRecord> DecodePoison(std::string_view value) {
  const auto read = Read<v1::PoisonRecord>(value);
  if (!read) return read.error();
  v1::PoisonRecord* const record = *read;
  if (record->topic().empty() || record->partition() < 0 || record->offset() < 0)
    return Refuse("record_invalid", "the record does not say where it was found");
  return PoisonRecord{record->topic(),  record->partition(), record->offset(),
                      record->reason(), record->key(),       record->value()};
}

}  // namespace webhook
