#include "services/event-ingest/publish/publish_span.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trace/event_trace.h"

namespace webhook {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

Event OneEvent(const std::string& traceparent) {
  Event event;
  event.id = EventId("e1");
  event.account = AccountId("account_1");
  event.type = "user.created";
  event.body = R"({"secret":1})";
  event.accepted_at = WallTime{std::chrono::seconds{1'700'000'000}};
  event.traceparent = traceparent;
  event.tracestate = "a=1";
  return event;
}

trace::Attribute Result(const std::string& word) {
  return {"webhook.result", word};
}

TEST(PublishSpan, IsAChildOfItsCallers) {
  const Event event = OneEvent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  const auto span = BeginPublishSpan(event, 0);
  ASSERT_TRUE(span);
  const auto caller = ParseTraceparent(event.traceparent);
  EXPECT_EQ(span->trace, caller->trace);
  EXPECT_EQ(span->parent, caller->span);
  EXPECT_EQ(span->tracestate, "a=1");
  EXPECT_EQ(span->id, trace::TraceOf(event, 0).publish);
  EXPECT_EQ(span->kind, trace::SpanKind::kProducer);
  EXPECT_THAT(span->attributes, ElementsAre(trace::Attribute{"webhook.account_id", "account_1"},
                                            trace::Attribute{"webhook.event_id", "e1"},
                                            trace::Attribute{"webhook.event_type", "user.created"}));
}

TEST(PublishSpan, IsNotMadeOfWhatIsNotSampled) {
  EXPECT_FALSE(BeginPublishSpan(OneEvent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"), 1));
  EXPECT_FALSE(BeginPublishSpan(OneEvent(""), 0));
  EXPECT_TRUE(BeginPublishSpan(OneEvent(""), 1));
}

TEST(PublishSpan, SaysWhatBecameOfTheEvent) {
  const auto ended = [](Status status, bool duplicate) {
    trace::Span span = *BeginPublishSpan(OneEvent(""), 1);
    EndPublishSpan({std::move(status), duplicate}, span.started + std::chrono::milliseconds{3}, &span);
    EXPECT_EQ(span.ended - span.started, std::chrono::milliseconds{3});
    return span;
  };
  EXPECT_THAT(ended(Ok(), false).attributes, Contains(Result("accepted")));
  EXPECT_THAT(ended(Ok(), true).attributes, Contains(Result("duplicate")));
  EXPECT_EQ(ended(Ok(), true).error, "");
  EXPECT_EQ(ended(Error{ErrorCode::kLimited, "too_many_events", ""}, false).error, "overloaded");
  EXPECT_EQ(ended(Error{ErrorCode::kUnavailable, "not_acknowledged", ""}, false).error, "unavailable");
}

}  // namespace
}  // namespace webhook
