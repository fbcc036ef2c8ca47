#include "trace/event_trace.h"

#include <gtest/gtest.h>

namespace webhook::trace {
namespace {

constexpr char kSampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kUnsampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

Event OneEvent(const std::string& traceparent) {
  Event event;
  event.id = EventId("e1");
  event.account = AccountId("account_1");
  event.accepted_at = WallTime{std::chrono::seconds{1'700'000'000}};
  event.traceparent = traceparent;
  return event;
}

TEST(InSample, TakesItsShareOfAllIds) {
  int taken = 0;
  for (int i = 0; i < 10'000; ++i) taken += InSample(TraceIdOf(std::to_string(i)), 0.25) ? 1 : 0;
  EXPECT_NEAR(taken, 2'500, 150);
}

TEST(InSample, TakesAllOrNoneAtTheEnds) {
  TraceId least{};
  TraceId most;
  most.fill(255);
  EXPECT_TRUE(InSample(least, 1));
  EXPECT_FALSE(InSample(most, 0));
}

TEST(InSample, OfAGreaterShareHoldsThatOfALesser) {
  for (int i = 0; i < 1'000; ++i) {
    const TraceId id = TraceIdOf(std::to_string(i));
    EXPECT_TRUE(!InSample(id, 0.1) || InSample(id, 0.2));
  }
}

TEST(EventTrace, OfATracedEventIsItsCallers) {
  const EventTrace found = TraceOf(OneEvent(kSampled), 0);
  EXPECT_TRUE(found.sampled);
  EXPECT_EQ(found.trace, ParseTraceparent(kSampled)->trace);
  EXPECT_EQ(found.caller, ParseTraceparent(kSampled)->span);
  EXPECT_NE(found.publish, *found.caller);
}

TEST(EventTrace, IsNotSampledWhereItsCallerSaysSo) {
  EXPECT_FALSE(TraceOf(OneEvent(kUnsampled), 1).sampled);
}

TEST(EventTrace, OfAnUntracedEventIsItsOwn) {
  const EventTrace found = TraceOf(OneEvent(""), 1);
  EXPECT_TRUE(found.sampled);
  EXPECT_FALSE(found.caller);
  EXPECT_FALSE(TraceOf(OneEvent(""), 0).sampled);
  Event other = OneEvent("");
  other.account = AccountId("account_2");
  EXPECT_NE(TraceOf(other, 1).trace, found.trace);
}

TEST(EventTrace, IsTheSameForWhoeverReadsTheRecord) {
  EXPECT_EQ(TraceOf(OneEvent(kSampled), 0).publish, TraceOf(OneEvent(kSampled), 1).publish);
  Event again = OneEvent(kSampled);
  again.accepted_at += std::chrono::microseconds{1};
  EXPECT_NE(TraceOf(again, 0).publish, TraceOf(OneEvent(kSampled), 0).publish);
}

}  // namespace
}  // namespace webhook::trace
