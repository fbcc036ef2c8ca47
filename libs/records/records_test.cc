#include "records/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "webhook/v1/records.pb.h"

namespace webhook {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr WallTime kTime{microseconds{1'700'000'000'123'456}};

Event MakeEvent() {
  Event event;
  event.id = EventId("e1");
  event.account = AccountId("account_1");
  event.type = "user.created";
  event.notification_id = NotificationId("webhook_n");
  event.body = "{\"a\":\"é\"}";
  event.accepted_at = kTime;
  event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  event.tracestate = "rojo=00f067aa0ba902b7";
  return event;
}

Delivery MakeDelivery() {
  Delivery delivery;
  delivery.id = DeliveryId("delivery_1");
  delivery.event = std::make_shared<const Event>(MakeEvent());
  delivery.webhook_id = WebhookId("webhook_1");
  delivery.run = 2;
  delivery.attempt = 3;
  delivery.kind = DeliveryKind::kRedelivery;
  delivery.created_at = kTime;
  delivery.due_at = kTime + seconds{60};
  delivery.wait_reason = WaitReason::kRetry;
  delivery.config_revision = 9;
  return delivery;
}

// The record of MakeDelivery() after a change.
template <typename F>
std::string Changed(F change) {
  v1::DeliveryRecord record;
  record.ParseFromString(EncodeDelivery(MakeDelivery()));
  change(record);
  return record.SerializeAsString();
}

std::string Refusal(const std::string& value) {
  const auto delivery = DecodeDelivery(value);
  return delivery ? "accepted" : delivery.error().message;
}

TEST(Records, AnEventComesBackAsItWas) {
  const auto event = DecodeEvent(EncodeEvent(MakeEvent()));
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(event->id, MakeEvent().id);
  EXPECT_EQ(event->account, MakeEvent().account);
  EXPECT_EQ(event->type, "user.created");
  EXPECT_EQ(event->notification_id.str(), "webhook_n");
  EXPECT_EQ(event->body, MakeEvent().body);
  EXPECT_EQ(event->accepted_at, kTime);
  EXPECT_EQ(event->traceparent, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  EXPECT_EQ(event->tracestate, "rojo=00f067aa0ba902b7");
}

TEST(Records, ADeliveryComesBackAsItWas) {
  const auto delivery = DecodeDelivery(EncodeDelivery(MakeDelivery()));
  ASSERT_TRUE(delivery.ok());
  EXPECT_EQ(delivery->id.str(), "delivery_1");
  EXPECT_EQ(delivery->event->body, MakeEvent().body);
  EXPECT_EQ(delivery->webhook_id.str(), "webhook_1");
  EXPECT_EQ(delivery->run, 2);
  EXPECT_EQ(delivery->attempt, 3);
  EXPECT_EQ(delivery->kind, DeliveryKind::kRedelivery);
  EXPECT_EQ(delivery->due_at, kTime + seconds{60});
  EXPECT_EQ(delivery->wait_reason, WaitReason::kRetry);
  EXPECT_EQ(delivery->config_revision, 9);
  EXPECT_EQ(PrintsOf(*delivery).attempt, PrintsOf(MakeDelivery()).attempt);
}

// An encoder keeps its message from one record to the next.
TEST(Records, NothingOfOneRecordIsInTheNext) {
  Event bare = MakeEvent();
  bare.traceparent.clear();
  bare.tracestate.clear();
  Delivery first = MakeDelivery();
  first.event = std::make_shared<const Event>(bare);
  first.due_at.reset();
  first.wait_reason = WaitReason::kNone;
  AttemptRecord unsent;
  unsent.delivery_id = first.id;
  const std::string event = EncodeEvent(bare);
  const std::string delivery = EncodeDelivery(first);
  const std::string attempt = EncodeAttempt(unsent);

  AttemptRecord full = unsent;
  full.account = AccountId("account_1");
  full.webhook_id = WebhookId("webhook_1");
  full.event_id = EventId("e1");
  full.notification_id = NotificationId("webhook_n");
  full.reason = "why";
  full.requested = true;
  full.next_attempt_at = kTime;
  full.request_head = "POST / HTTP/1.1";
  full.response_headers = "a: b\n";
  full.response_excerpt = "no";
  full.url = "https://example.com/";
  full.remote_address = ShortText("203.0.113.7:443");
  static_cast<void>(EncodeEvent(MakeEvent()));
  static_cast<void>(EncodeDelivery(MakeDelivery()));
  static_cast<void>(EncodeAttempt(full));

  EXPECT_EQ(EncodeEvent(bare), event);
  EXPECT_EQ(EncodeDelivery(first), delivery);
  EXPECT_EQ(EncodeAttempt(unsent), attempt);
  full.next_attempt_at.reset();
  full.response_headers.clear();
  const std::string fewer = EncodeAttempt(full);
  const auto again = DecodeAttempt(fewer);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->next_attempt_at, std::nullopt);
  EXPECT_TRUE(again->response_headers.empty());
}

TEST(Records, RefusesWhatTheWorkerCannotActOn) {
  EXPECT_EQ(Refusal(""), "the record is empty");
  const std::string whole = EncodeDelivery(MakeDelivery());
  EXPECT_THAT(Refusal(whole.substr(0, whole.size() / 2)), HasSubstr("is no webhook.v1.DeliveryRecord"));
  EXPECT_THAT(Refusal("\xFF\xFF\xFF"), HasSubstr("is no webhook.v1.DeliveryRecord"));
  EXPECT_THAT(Refusal(Changed([](auto& record) { record.set_attempt(0); })), HasSubstr("attempt 0"));
  EXPECT_THAT(Refusal(Changed([](auto& record) { record.set_attempt(22); })), HasSubstr("attempt 22"));
  EXPECT_THAT(Refusal(Changed([](auto& record) { record.set_run(-1); })), HasSubstr("run -1"));
  EXPECT_THAT(Refusal(Changed([](auto& record) { record.clear_delivery_id(); })),
              HasSubstr("delivery_id is no id"));
  EXPECT_THAT(Refusal(Changed([](auto& record) { record.clear_webhook_id(); })),
              HasSubstr("webhook_id is no id"));
  EXPECT_THAT(Refusal(Changed([](auto& record) { record.clear_event(); })), HasSubstr("no event"));
  EXPECT_THAT(Refusal(Changed([](auto& record) { record.mutable_event()->clear_body(); })),
              HasSubstr("no body"));
  EXPECT_THAT(Refusal(Changed([](auto& record) { record.clear_kind(); })), HasSubstr("kind 0"));
}

// Written again they would end the process: protobuf checks the range of a Timestamp.
TEST(Records, RefusesTimesThatCannotBeWrittenAgain) {
  for (const std::int64_t time : {-1L, 253'402'300'800L, 1'000'000'000'000'000'000L}) {
    for (const auto& refused : {
             Refusal(Changed([&](auto& record) { record.mutable_created_at()->set_seconds(time); })),
             Refusal(Changed([&](auto& record) { record.mutable_due_at()->set_seconds(time); })),
             Refusal(Changed(
                 [&](auto& record) { record.mutable_event()->mutable_accepted_at()->set_seconds(time); })),
             Refusal(Changed([&](auto& record) { record.mutable_due_at()->set_nanos(-1); })),
         }) {
      EXPECT_THAT(refused, HasSubstr("1970 to 9999")) << time;
    }
  }
  const auto last =
      DecodeDelivery(Changed([](auto& record) { record.mutable_due_at()->set_seconds(253'402'300'799); }));
  ASSERT_TRUE(last.ok());
  EXPECT_TRUE(DecodeDelivery(EncodeDelivery(*last)).ok());
}

TEST(Records, RefusesWhatWouldBreakOutOfAHeader) {
  EXPECT_THAT(Refusal(Changed([](auto& record) { record.set_delivery_id("d\r\nEvil: 1"); })),
              HasSubstr("delivery_id"));
  EXPECT_THAT(
      Refusal(Changed([](auto& record) { record.mutable_event()->set_event_type("a.b\r\nEvil: 1"); })),
      HasSubstr("event_type"));
  EXPECT_THAT(Refusal(Changed([](auto& record) { record.mutable_event()->set_notification_id("a b"); })),
              HasSubstr("notification_id"));
  EXPECT_THAT(Refusal(Changed([](auto& record) { record.set_webhook_id(std::string(129, 'x')); })),
              HasSubstr("webhook_id"));
  const auto traced = DecodeDelivery(
      Changed([](auto& record) { record.mutable_event()->set_traceparent("00-1\r\nEvil: 1"); }));
  ASSERT_TRUE(traced.ok()) << "no reason to lose an event";
  EXPECT_EQ(traced->event->traceparent, "");
  EXPECT_EQ(traced->event->tracestate, "");
}

TEST(Records, RefusesABodyThatNoTopicTakes) {
  EXPECT_THAT(
      Refusal(Changed([](auto& record) { record.mutable_event()->set_body(std::string(270'000, 'x')); })),
      HasSubstr("too large"));
}

TEST(Records, AnAttemptComesBackWithTheEndpointsBytesMadeText) {
  AttemptRecord attempt;
  attempt.delivery_id = DeliveryId("delivery_1");
  attempt.account = AccountId("account_1");
  attempt.webhook_id = WebhookId("webhook_1");
  attempt.event_id = EventId("e1");
  attempt.notification_id = NotificationId("webhook_n");
  attempt.state = DeliveryState::kWaiting;
  attempt.outcome = "http_5xx";
  attempt.next_attempt_at = kTime;
  attempt.requested = true;
  attempt.started_at = kTime;
  attempt.duration = microseconds{1'500};
  attempt.status = 503;
  attempt.response_excerpt = std::string("\xFF\x00z", 3);
  attempt.response_headers = "x-a: \xC3\x28é\nx-b: \xC3\n";
  attempt.delivery_offset = 77;
  const auto back = DecodeAttempt(EncodeAttempt(attempt));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->state, DeliveryState::kWaiting);
  EXPECT_EQ(back->next_attempt_at, kTime);
  EXPECT_EQ(back->status, 503);
  EXPECT_EQ(back->duration, microseconds{1'500});
  EXPECT_EQ(back->response_excerpt, attempt.response_excerpt);
  EXPECT_EQ(back->response_headers, "x-a: \xEF\xBF\xBD(é\nx-b: \xEF\xBF\xBD\n");
  EXPECT_EQ(back->delivery_offset, 77);
}

TEST(Records, PoisonIsReadAsItWasWritten) {
  const std::string bytes("\0\xff<", 3);
  const auto read = DecodePoison(EncodePoison("webhook.events", 3, 4, "why", bytes, bytes + bytes));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->topic, "webhook.events");
  EXPECT_EQ(read->partition, 3);
  EXPECT_EQ(read->offset, 4);
  EXPECT_EQ(read->reason, "why");
  EXPECT_EQ(read->key, bytes);
  EXPECT_EQ(read->value, bytes + bytes);
  for (const char* none : {"", "garbage", "\x08\x01"}) EXPECT_FALSE(DecodePoison(none)) << none;
}

TEST(Records, PoisonIsCutSoThatItAlwaysFits) {
  v1::PoisonRecord record;
  ASSERT_TRUE(
      record.ParseFromString(EncodePoison("webhook.events", 3, 4, "why", "key", std::string(1 << 20, 'x'))));
  EXPECT_EQ(record.topic(), "webhook.events");
  EXPECT_EQ(record.partition(), 3);
  EXPECT_EQ(record.offset(), 4);
  EXPECT_EQ(record.value().size(), 256U * 1024);
}

}  // namespace
}  // namespace webhook
