#include <gtest/gtest.h>

#include <string>

#include "services/delivery-worker/engine/delivery_lane_fixture.h"

// What a lane holds, and for how long.
namespace webhook {
namespace {

TEST_F(DeliveryLaneTest, HoldsTheBytesOfAnAnswerUntilItIsRecorded) {
  lane.OnDelivery(NewDelivery(), 0, now);
  const std::size_t before = lane.held_bytes();
  HttpResult answer = Answer(200);
  answer.excerpt = std::string(4'000, 'x');
  lane.OnResponse(http.sent[0], answer, now);
  EXPECT_EQ(lane.held_bytes(), before + 4'000);
  AcknowledgeAll();
  EXPECT_EQ(lane.held_bytes(), 0U);
}

// Who feeds the lane pauses at a full window, and goes on at half of it.
TEST_F(DeliveryLaneTest, WhatWaitsInADenseWindowMakesRoomForTheNext) {
  const std::size_t span = Limits().max_span;
  for (int i = 0; i < 20; ++i) registry.Put(MakeWebhook("webhook_" + std::to_string(i)));
  for (std::size_t i = 0; i < span; ++i) {
    Delivery delivery = NewDelivery("delivery_" + std::to_string(i), "webhook_" + std::to_string(i % 20));
    delivery.due_at = now.wall + seconds{10};
    lane.OnDelivery(delivery, static_cast<std::int64_t>(i), now);
  }
  ASSERT_GT(lane.span(), span / 2);
  Pass(seconds{1});
  AcknowledgeAll();
  EXPECT_LE(lane.span(), span / 2);
  EXPECT_GT(lane.span(), span / 4) << "what is far ahead waits here";
}

// A process that was stopped for a minute may have lost its partition, and not know it yet.
TEST_F(DeliveryLaneTest, ParksNothingOutsideOfTheLease) {
  for (int i = 0; i < 400; ++i) lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
  const std::size_t parked = journal.waits.size();
  ASSERT_GT(parked, 0U) << "there is no room for so many";
  lease.until = now.mono;
  Pass(seconds{60});
  for (int i = 400; i < 800; ++i) lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
  EXPECT_EQ(journal.waits.size(), parked);
  EXPECT_EQ(http.sent.size(), static_cast<std::size_t>(Limits().gate.max_in_flight));
  lease.until = MonoTime::max();
  Pass(seconds{1});
  EXPECT_GT(journal.waits.size(), parked);
}

// Who feeds the lane pauses at too many of them.
TEST_F(DeliveryLaneTest, TellsHowManyWaitForTheLoopAlone) {
  admission.places = 1;
  for (int i = 0; i < 3; ++i) lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
  EXPECT_EQ(lane.unstarted(), 3U) << "the endpoint's, with the one that is under way";
  lane.OnResponse(http.sent[0], Answer(200), now);
  AcknowledgeAll();
  EXPECT_EQ(lane.unstarted(), 2U);
  lane.OnPlace(WebhookId("webhook_a"), now);
  EXPECT_EQ(lane.unstarted(), 2U) << "one has begun, and the other waits for its turn";
  admission.refused_as = Place::kCrowded;
  lane.OnPlace(WebhookId("webhook_a"), now);
  EXPECT_EQ(lane.unstarted(), 0U) << "others of its account or at its host are in the way";
}

TEST_F(DeliveryLaneTest, DoesNotParkForNewerOffsetsWhatWaitsForTheLoop) {
  registry.Put(MakeWebhook("webhook_b"));
  admission.places = 0;
  lane.OnDelivery(NewDelivery("delivery_1", "webhook_b"), 0, now);
  lane.OnDelivery(NewDelivery("delivery_2"), static_cast<std::int64_t>(Limits().max_span), now);
  Pass(seconds{1});
  EXPECT_EQ(journal.waits.size(), 0U);
  admission.refused_as = Place::kCrowded;
  lane.OnPlace(WebhookId("webhook_b"), now);
  Pass(seconds{1});
  EXPECT_EQ(journal.waits.size(), 1U);
}

// Read faster than they are sent: those at the front have half of a window behind them, and go within a
// second.
TEST_F(DeliveryLaneTest, ABurstForAQuickEndpointIsNotParkedForTheNewerOffsetsBehindIt) {
  Webhook quick = MakeWebhook("webhook_b");
  quick.rate_limit = {0, 0, 10};
  registry.Put(quick);
  std::size_t read = 0;
  std::size_t answered = 0;
  const auto half = Limits().max_span / 2;
  const auto pass = [&] {
    for (; read < answered + half; ++read)
      lane.OnDelivery(NewDelivery("delivery_" + std::to_string(read), "webhook_b"),
                      static_cast<std::int64_t>(read), now);
    for (const std::size_t sent = http.sent.size(); answered < sent; ++answered)
      lane.OnResponse(http.sent[answered], Answer(200), now);
    AcknowledgeAll();
    Pass(std::chrono::microseconds{500});
  };
  for (int i = 0; i < 5'000; ++i) pass();
  EXPECT_EQ(journal.waits.size(), 0U);
  EXPECT_GE(answered, 45'000U) << "ten at a time";
}

// Of which one has many endpoints that hang, with large bodies.
TEST_F(DeliveryLaneTest, AnAccountThatHoldsTooManyBytesIsParked) {
  AccountBytes bytes{2 * kItemBytes + 5};
  DeliveryLane bounded{
      7, Settled(), Limits(), {http, journal, report, registry, registry, lease, admission, nullptr, &bytes}};
  bounded.OnInherited({{}, 0, true}, now);
  for (int i = 0; i < 4; ++i) bounded.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
  EXPECT_EQ(http.sent.size(), 2U) << "the third and the fourth would make it too many";
  EXPECT_EQ(journal.waits.size(), 2U);
  Webhook other = MakeWebhook("webhook_b");
  other.account = AccountId("account_2");
  registry.Put(other);
  Delivery delivery = NewDelivery("delivery_b", "webhook_b");
  Event event = *delivery.event;
  event.account = other.account;
  delivery.event = std::make_shared<const Event>(event);
  bounded.OnDelivery(delivery, 4, now);
  EXPECT_EQ(http.sent.size(), 3U) << "another account is not held up";
  bounded.Abandon();
  EXPECT_FALSE(bytes.Full(AccountId("account_1")));
  bounded.OnResponse(http.sent[0], Answer(200), now);
  while (!journal.open.empty()) {
    for (const Token token : std::exchange(journal.open, {})) bounded.OnAppended(token, {true, 0}, now);
  }
}

}  // namespace
}  // namespace webhook
