#include "services/delivery-worker/adapters/attempt_span.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trace/event_trace.h"

namespace webhook {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using trace::Attribute;

class AttemptSpanTest : public ::testing::Test {
 protected:
  AttemptSpanTest() {
    event.id = EventId("e1");
    event.account = AccountId("account_1");
    event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    event.tracestate = "a=1";
    record.delivery_id = DeliveryId("delivery_d");
    record.account = event.account;
    record.webhook_id = WebhookId("webhook_w");
    record.event_id = event.id;
    record.event_type = "user.created";
    record.attempt = 2;
    record.outcome = "http_5xx";
    record.requested = true;
    record.started_at = WallTime{std::chrono::seconds{1'700'000'000}};
    record.duration = std::chrono::milliseconds{12};
    record.request_head = "POST /hook/secret?token=secret HTTP/1.1\r\nX-Own: secret";
    record.status = 503;
    record.response_excerpt = "secret";
    record.url = "https://example.com:8443/hook/secret?token=secret";
  }
  trace::Span Made() const { return AttemptSpan(record, event, 0).value(); }

  Event event;
  AttemptRecord record;
};

TEST_F(AttemptSpanTest, SaysWhatTheRequestWasAndCameTo) {
  const trace::Span span = Made();
  EXPECT_EQ(span.name, "POST");
  EXPECT_EQ(span.kind, trace::SpanKind::kClient);
  EXPECT_EQ(span.started, record.started_at);
  EXPECT_EQ(span.ended - span.started, record.duration);
  EXPECT_EQ(span.error, "http_5xx");
  EXPECT_THAT(
      span.attributes,
      ElementsAre(Attribute{"http.request.method", "POST"}, Attribute{"server.address", "example.com"},
                  Attribute{"server.port", 8443}, Attribute{"http.request.resend_count", 1},
                  Attribute{"http.response.status_code", 503}, Attribute{"error.type", "503"},
                  Attribute{"webhook.outcome", "http_5xx"}, Attribute{"webhook.attempt", 2},
                  Attribute{"webhook.run", 0}, Attribute{"webhook.account_id", "account_1"},
                  Attribute{"webhook.webhook_id", "webhook_w"},
                  Attribute{"webhook.delivery_id", "delivery_d"}, Attribute{"webhook.event_id", "e1"},
                  Attribute{"webhook.event_type", "user.created"}));
}

TEST_F(AttemptSpanTest, OfADeliverySharesItsTraceAndLinksToThePublish) {
  const trace::Span second = Made();
  record.attempt = 1;
  const trace::Span first = Made();
  EXPECT_EQ(first.trace, second.trace);
  EXPECT_NE(first.id, second.id);
  EXPECT_FALSE(first.parent);
  const trace::EventTrace from = trace::TraceOf(event, 0);
  EXPECT_NE(first.trace, from.trace);
  EXPECT_THAT(first.links, ElementsAre(trace::Link{from.trace, from.publish, "a=1"}));
  EXPECT_EQ(second.links, first.links);
}

TEST_F(AttemptSpanTest, OfARepeatedRequestIsAnother) {
  const trace::Span before = Made();
  record.started_at += std::chrono::seconds{9};
  EXPECT_NE(Made().id, before.id);
}

TEST_F(AttemptSpanTest, WithoutAnAnswerHasNoStatus) {
  record.status = 0;
  record.outcome = "timeout_response";
  const trace::Span span = Made();
  EXPECT_EQ(span.error, "timeout_response");
  EXPECT_THAT(span.attributes, Contains(Attribute{"error.type", "timeout_response"}));
  for (const Attribute& attribute : span.attributes) EXPECT_NE(attribute.name, "http.response.status_code");
}

TEST_F(AttemptSpanTest, ThatSucceededIsNoError) {
  record.outcome = "success";
  record.status = 204;
  EXPECT_EQ(Made().error, "");
}

TEST_F(AttemptSpanTest, OfARedeliveryLinksToNothing) {
  record.kind = DeliveryKind::kRedelivery;
  EXPECT_THAT(Made().links, IsEmpty());
}

TEST_F(AttemptSpanTest, IsNotMadeWithoutARequestOrASample) {
  record.requested = false;
  EXPECT_FALSE(AttemptSpan(record, event, 1));
  record.requested = true;
  event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
  EXPECT_FALSE(AttemptSpan(record, event, 1));
  event.traceparent = "";
  EXPECT_FALSE(AttemptSpan(record, event, 0));
  EXPECT_TRUE(AttemptSpan(record, event, 1));
}

}  // namespace
}  // namespace webhook
