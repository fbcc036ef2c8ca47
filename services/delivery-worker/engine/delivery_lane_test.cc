#include "services/delivery-worker/engine/delivery_lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "services/delivery-worker/engine/delivery_lane_fixture.h"

namespace webhook {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST_F(DeliveryLaneTest, DeliversAndMarksDoneOnlyAfterTheAttemptIsRecorded) {
  lane.OnDelivery(NewDelivery(), 40, now);
  ASSERT_EQ(http.sent.size(), 1U);
  lane.OnResponse(http.sent[0], Answer(200), now);
  ASSERT_EQ(journal.attempts.size(), 1U);
  EXPECT_EQ(journal.attempts[0].state, DeliveryState::kDelivered);
  EXPECT_EQ(journal.attempts[0].delivery_partition, 7);
  EXPECT_EQ(journal.attempts[0].delivery_offset, 40);
  EXPECT_EQ(lane.checkpoint().offset, 40);
  EXPECT_FALSE(lane.idle());
  AcknowledgeAll();
  EXPECT_EQ(lane.checkpoint().offset, 41);
  EXPECT_TRUE(lane.idle());
  EXPECT_EQ(lane.held_bytes(), 0U);
}

TEST_F(DeliveryLaneTest, RecordsTheRetryBeforeTheAttempt) {
  lane.OnDelivery(NewDelivery(), 40, now);
  lane.OnResponse(http.sent[0], Answer(503), now);
  ASSERT_EQ(journal.waits.size(), 1U);
  EXPECT_TRUE(journal.attempts.empty());
  EXPECT_EQ(journal.waits[0].topic, "webhook.wait.15s");
  EXPECT_EQ(journal.waits[0].delivery.attempt, 2);
  EXPECT_EQ(journal.waits[0].delivery.due_at, now.wall + seconds{15});
  lane.OnAppended(http.sent[0], {true, 0}, now);
  ASSERT_EQ(journal.attempts.size(), 1U);
  EXPECT_EQ(journal.attempts[0].attempt, 1);
  EXPECT_EQ(journal.attempts[0].state, DeliveryState::kWaiting);
  EXPECT_EQ(journal.attempts[0].next_attempt_at, now.wall + seconds{15});
  EXPECT_EQ(lane.checkpoint().offset, 40);
  lane.OnAppended(http.sent[0], {true, 0}, now);
  EXPECT_EQ(lane.checkpoint().offset, 41);
}

TEST_F(DeliveryLaneTest, RepeatsAFailedAppendAndNeverCommitsPastIt) {
  lane.OnDelivery(NewDelivery(), 40, now);
  lane.OnResponse(http.sent[0], Answer(503), now);
  for (int i = 0; i < 3; ++i) {
    journal.open.clear();
    lane.OnAppended(http.sent[0], {false, -1}, now);
    EXPECT_EQ(lane.checkpoint().offset, 40);
    Pass(milliseconds{600});
  }
  EXPECT_EQ(journal.waits.size(), 4U);
  EXPECT_THAT(report.outcomes, ElementsAre("http_5xx"));
  AcknowledgeAll();
  EXPECT_EQ(lane.checkpoint().offset, 41);
  EXPECT_EQ(http.sent.size(), 1U);
}

TEST_F(DeliveryLaneTest, SendsTheNextAttemptOfADeliveryThatFailed) {
  lane.OnDelivery(NewDelivery(), 40, now);
  lane.OnResponse(http.sent[0], Answer(500), now);
  AcknowledgeAll();
  lane.OnDelivery(journal.waits[0].delivery, 41, now);
  EXPECT_EQ(http.sent.size(), 1U) << "not before it is due";
  Pass(seconds{14});
  EXPECT_EQ(http.sent.size(), 1U);
  Pass(seconds{1});
  ASSERT_EQ(http.sent.size(), 2U);
  lane.OnResponse(http.sent[1], Answer(200), now);
  EXPECT_EQ(journal.attempts.back().attempt, 2);
}

TEST_F(DeliveryLaneTest, ASlowEndpointHoldsUpNobody) {
  registry.Put(MakeWebhook("webhook_b"));
  for (int i = 0; i < 20; ++i) lane.OnDelivery(NewDelivery("delivery_a" + std::to_string(i)), i, now);
  EXPECT_EQ(http.sent.size(), 10U);  // its places in flight
  lane.OnDelivery(NewDelivery("delivery_b", "webhook_b"), 20, now);
  EXPECT_EQ(http.deliveries.back(), "delivery_b");
}

TEST_F(DeliveryLaneTest, ParksWhatTheLimitDelaysTooLongWithItsAttemptUnchanged) {
  for (int i = 0; i < 400; ++i) {
    lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
    while (!http.sent.empty()) {
      const Token token = http.sent.back();
      http.sent.pop_back();
      lane.OnResponse(token, Answer(200), now);
      if (journal.waits.empty()) AcknowledgeAll();
    }
    lane.OnTick(now);
  }
  EXPECT_EQ(http.deliveries.size(), 100U);
  ASSERT_FALSE(journal.waits.empty());
  EXPECT_EQ(journal.waits[0].delivery.attempt, 1);
  EXPECT_EQ(journal.waits[0].delivery.wait_reason, WaitReason::kParked);
  EXPECT_GT(*journal.waits[0].delivery.due_at, now.wall + seconds{10});
  EXPECT_EQ(journal.waits[0].topic, "webhook.wait.15s");
  AcknowledgeAll();
  const auto parked = std::count_if(journal.attempts.begin(), journal.attempts.end(),
                                    [](const AttemptRecord& record) { return record.outcome == "parked"; });
  EXPECT_EQ(static_cast<std::size_t>(parked), journal.waits.size());
}

TEST_F(DeliveryLaneTest, GoneDeactivatesTheWebhook) {
  lane.OnDelivery(NewDelivery(), 1, now);
  lane.OnResponse(http.sent[0], Answer(410), now);
  EXPECT_THAT(registry.deactivated, ElementsAre("webhook_a"));
  EXPECT_EQ(journal.attempts[0].state, DeliveryState::kRejected);
}

TEST_F(DeliveryLaneTest, SkipsInactiveAndCancelsDeletedAtSendTimeToo) {
  auto inactive = MakeWebhook("webhook_b");
  inactive.active = false;
  registry.Put(inactive);
  lane.OnDelivery(NewDelivery("delivery_1", "webhook_b"), 1, now);
  EXPECT_EQ(journal.attempts.back().state, DeliveryState::kSkipped);

  Delivery later = NewDelivery("delivery_2");
  later.due_at = now.wall + seconds{5};
  lane.OnDelivery(later, 2, now);
  registry.Clear();
  Pass(seconds{6});
  EXPECT_EQ(journal.attempts.back().state, DeliveryState::kCancelled);
  EXPECT_TRUE(http.sent.empty());
}

TEST_F(DeliveryLaneTest, WaitsForTheConfigurationThatTheDeliveryWasMadeWith) {
  Delivery delivery = NewDelivery("delivery_1", "webhook_new");
  delivery.config_revision = 2;
  lane.OnDelivery(delivery, 1, now);
  EXPECT_TRUE(http.sent.empty());
  registry.Put(MakeWebhook("webhook_new"));
  registry.held = 2;
  Pass(milliseconds{10});
  EXPECT_EQ(http.sent.size(), 1U);
}

TEST_F(DeliveryLaneTest, AWebhookThatComesWhileItsDeliveryIsJudgedIsNotTakenForDeleted) {
  registry.after_find = [this] {
    registry.Put(MakeWebhook("webhook_new"));
    registry.held = 2;
  };
  Delivery delivery = NewDelivery("delivery_1", "webhook_new");
  delivery.config_revision = 2;
  lane.OnDelivery(delivery, 1, now);
  EXPECT_TRUE(journal.attempts.empty());
  Pass(milliseconds{10});
  EXPECT_EQ(http.sent.size(), 1U);
}

TEST_F(DeliveryLaneTest, ParksWhatWaitsTooLongForTheConfiguration) {
  Delivery delivery = NewDelivery("delivery_1", "webhook_new");
  delivery.config_revision = 2;
  lane.OnDelivery(delivery, 1, now);
  Pass(seconds{11});
  ASSERT_EQ(journal.waits.size(), 1U);
  EXPECT_EQ(journal.waits[0].delivery.attempt, 1);
}

TEST_F(DeliveryLaneTest, RepeatsTheSameAttemptAfterAFaultOfOurOwn) {
  lane.OnDelivery(NewDelivery(), 1, now);
  HttpResult fault;
  fault.own_fault = true;
  lane.OnResponse(http.sent[0], fault, now);
  EXPECT_TRUE(journal.attempts.empty());
  Pass(milliseconds{1'100});
  ASSERT_EQ(http.sent.size(), 2U);
  lane.OnResponse(http.sent[1], Answer(200), now);
  EXPECT_EQ(journal.attempts[0].attempt, 1);
}

TEST_F(DeliveryLaneTest, SendsToTheUrlOfTheMoment) {
  Delivery later = NewDelivery();
  later.due_at = now.wall + seconds{2};
  lane.OnDelivery(later, 1, now);
  auto moved = MakeWebhook("webhook_a");
  moved.url = "https://moved.example/";
  registry.Put(moved);
  Pass(seconds{3});
  EXPECT_THAT(http.urls, ElementsAre("https://moved.example/"));
}

TEST_F(DeliveryLaneTest, DrainFinishesWhatIsInFlightAndStartsNothing) {
  for (int i = 0; i < 12; ++i) lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
  lane.BeginDrain(now);
  for (std::size_t i = 0; i < 10; ++i) lane.OnResponse(http.sent[i], Answer(200), now);
  EXPECT_FALSE(lane.idle());
  AcknowledgeAll();
  Pass(seconds{1});
  EXPECT_EQ(http.sent.size(), 10U);
  EXPECT_TRUE(lane.idle());
  EXPECT_EQ(lane.checkpoint().offset, 12);
}

TEST_F(DeliveryLaneTest, DrainHandsWhatWaitsToTheNextOwnerAsItIs) {
  Delivery delivery = NewDelivery();
  delivery.attempt = 2;
  delivery.due_at = now.wall + seconds{5};
  lane.OnDelivery(delivery, 40, now);
  lane.BeginDrain(now);
  lane.BeginDrain(now);
  ASSERT_EQ(journal.waits.size(), 1U);
  EXPECT_EQ(journal.waits[0].topic, "webhook.deliveries");
  EXPECT_EQ(journal.waits[0].delivery.attempt, 2);
  EXPECT_EQ(journal.waits[0].delivery.due_at, delivery.due_at);
  EXPECT_FALSE(lane.idle());
  AcknowledgeAll();
  EXPECT_TRUE(journal.attempts.empty());
  EXPECT_EQ(lane.checkpoint().offset, 41);
}

TEST_F(DeliveryLaneTest, DrainIsNotOverWhileAnAppendHasFailed) {
  lane.OnDelivery(NewDelivery(), 40, now);
  lane.BeginDrain(now);
  lane.OnResponse(http.sent[0], Answer(200), now);
  journal.open.clear();
  lane.OnAppended(http.sent[0], {false, -1}, now);
  EXPECT_FALSE(lane.idle());
  Pass(seconds{1});
  AcknowledgeAll();
  EXPECT_TRUE(lane.idle());
  EXPECT_EQ(lane.checkpoint().offset, 41);
}

TEST_F(DeliveryLaneTest, AnAbandonedPartitionIsLeftAsItIs) {
  for (int i = 0; i < 12; ++i) lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
  lane.Abandon();
  EXPECT_TRUE(journal.waits.empty());
  EXPECT_EQ(lane.checkpoint().offset, 0);
}

TEST_F(DeliveryLaneTest, WhatWaitsBehindASlowEndpointIsParked) {
  for (int i = 0; i < 12; ++i) lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
  Pass(seconds{19});
  EXPECT_TRUE(journal.waits.empty());
  Pass(seconds{2});
  EXPECT_EQ(journal.waits.size(), 2U);
  AcknowledgeAll();
  for (std::size_t i = 0; i < 10; ++i) lane.OnResponse(http.sent[i], Answer(200), now);
  AcknowledgeAll();
  EXPECT_EQ(lane.checkpoint().offset, 12);
  lane.OnDelivery(journal.waits[0].delivery, 12, now);
  Pass(seconds{15});
  EXPECT_EQ(http.deliveries.back(), "delivery_10") << "comes back as the same attempt";
}

TEST_F(DeliveryLaneTest, WhatHasHalfAWindowBehindItAndASilentEndpointIsParked) {
  Webhook quick = MakeWebhook("webhook_b");
  quick.rate_limit = {0, 0, 10};
  registry.Put(quick);
  for (int i = 0; i < 11; ++i) lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
  for (int i = 11; i < 2'100; ++i) {
    lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i), "webhook_b"), i, now);
    lane.OnResponse(http.sent.back(), Answer(200), now);
    AcknowledgeAll();
  }
  EXPECT_TRUE(journal.waits.empty());
  Pass(seconds{1});
  EXPECT_TRUE(journal.waits.empty()) << "the answer may come yet";
  Pass(seconds{1});
  ASSERT_EQ(journal.waits.size(), 1U);
  EXPECT_EQ(journal.waits[0].delivery.id.str(), "delivery_10");
}

TEST_F(DeliveryLaneTest, ADeadEndpointIsProbedAndTheRestIsParked) {
  for (int i = 0; i < 5; ++i) {
    lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
    lane.OnResponse(http.sent.back(), Answer(500), now);
  }
  AcknowledgeAll();
  journal.waits.clear();
  lane.OnDelivery(NewDelivery("delivery_probe"), 5, now);
  EXPECT_EQ(http.deliveries.back(), "delivery_probe");
  for (int i = 0; i < 9; ++i) lane.OnDelivery(NewDelivery("delivery_other" + std::to_string(i)), 6 + i, now);
  EXPECT_EQ(http.deliveries.back(), "delivery_probe");
  ASSERT_EQ(journal.waits.size(), 1U) << "a few wait for the probe's end";
  EXPECT_EQ(journal.waits[0].delivery.attempt, 1);
  lane.OnResponse(http.sent.back(), Answer(200), now);
  EXPECT_EQ(http.deliveries.back(), "delivery_other7") << "it is alive: all that waits";
}

TEST_F(DeliveryLaneTest, OwnFaultsForLongParkTheSameAttempt) {
  lane.OnDelivery(NewDelivery(), 1, now);
  HttpResult fault;
  fault.own_fault = true;
  for (int i = 0; i < 30 && journal.waits.empty(); ++i) {
    lane.OnResponse(http.sent.back(), fault, now);
    Pass(milliseconds{1'100});
  }
  ASSERT_EQ(journal.waits.size(), 1U);
  EXPECT_EQ(journal.waits[0].delivery.attempt, 1);
  AcknowledgeAll();
  EXPECT_EQ(journal.attempts[0].outcome, "parked");
  EXPECT_EQ(lane.checkpoint().offset, 2);
  const std::size_t before = http.sent.size();
  lane.OnDelivery(journal.waits[0].delivery, 2, now);
  Pass(seconds{15});
  EXPECT_EQ(http.sent.size(), before + 1) << "it is no duplicate of what was tried";
}

TEST_F(DeliveryLaneTest, OwnFaultsSayNothingOfTheEndpoint) {
  HttpResult fault;
  fault.own_fault = true;
  for (int i = 0; i < 6; ++i) lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
  for (std::size_t i = 0; i < 6; ++i) lane.OnResponse(http.sent[i], fault, now);
  Pass(milliseconds{1'100});
  EXPECT_EQ(http.sent.size(), 12U) << "all at once, not one as for a dead endpoint";
}

TEST_F(DeliveryLaneTest, AfterAStaleConnectionItIsSentAgainAtOnce) {
  lane.OnDelivery(NewDelivery(), 1, now);
  HttpResult stale;
  stale.own_fault = stale.stale_connection = true;
  stale.written_at = now.wall;
  lane.OnResponse(http.sent.back(), stale, now);
  EXPECT_EQ(http.sent.size(), 2U);
  lane.OnResponse(http.sent.back(), Answer(200), now);
  AcknowledgeAll();
  EXPECT_EQ(journal.attempts[0].attempt, 1);
}

TEST_F(DeliveryLaneTest, ADueTimeThatCannotBeIsBounded) {
  Delivery delivery = NewDelivery();
  delivery.due_at = now.wall + std::chrono::hours{24 * 365 * 1'000};
  lane.OnDelivery(delivery, 1, now);
  ASSERT_EQ(journal.waits.size(), 1U);
  EXPECT_LT(*journal.waits[0].delivery.due_at, now.wall + std::chrono::hours{24} + seconds{1});
}

TEST_F(DeliveryLaneTest, PoisonHoldsBackTheCommitUntilItIsKept) {
  ASSERT_TRUE(lane.OnPoison(5));
  EXPECT_EQ(lane.checkpoint().offset, 5);
  EXPECT_FALSE(lane.idle());
  lane.OnPoisonAppended(5);
  EXPECT_EQ(lane.checkpoint().offset, 6);
}

TEST_F(DeliveryLaneTest, SendsNothingOutsideOfItsLease) {
  lease.until = now.mono;
  lane.OnDelivery(NewDelivery(), 1, now);
  Pass(seconds{1});
  EXPECT_TRUE(http.sent.empty());
  lease.until = now.mono + seconds{9};
  Pass(milliseconds{100});
  ASSERT_EQ(http.sent.size(), 1U);
}

TEST_F(DeliveryLaneTest, OnlyAnOwnerThatHasEndedIsSettled) {
  EXPECT_FALSE(lane.checkpoint().settled);
  lane.OnDelivery(NewDelivery(), 1, now);
  lane.BeginDrain(now);
  EXPECT_FALSE(lane.checkpoint().settled);
  lane.OnResponse(http.sent[0], Answer(200), now);
  AcknowledgeAll();
  EXPECT_TRUE(lane.checkpoint().settled);
}

TEST_F(DeliveryLaneTest, WaitsForAPlaceInFlightAndStandsInLineOnce) {
  admission.places = 0;
  lane.OnDelivery(NewDelivery("delivery_1"), 1, now);
  lane.OnDelivery(NewDelivery("delivery_2"), 2, now);
  Pass(seconds{1});
  EXPECT_TRUE(http.sent.empty());
  EXPECT_THAT(admission.refused, ElementsAre(WebhookId("webhook_a")));
  admission.places = 1;
  lane.OnPlace(WebhookId("webhook_a"), now);
  EXPECT_THAT(http.deliveries, ElementsAre("delivery_1"));
  EXPECT_THAT(admission.refused, SizeIs(2)) << "the second goes to the end of the line";
  lane.OnResponse(http.sent[0], Answer(200), now);
  EXPECT_EQ(admission.busy, 0U);
  EXPECT_EQ(http.sent.size(), 1U) << "who gives a place back does not go before those in line";
  lane.OnPlace(WebhookId("webhook_a"), now);
  EXPECT_EQ(http.sent.size(), 2U);
}

TEST_F(DeliveryLaneTest, APlaceForWhatIsNoLongerThereIsLeftToOthers) {
  admission.places = 0;
  lane.OnDelivery(NewDelivery(), 1, now);
  lane.BeginDrain(now);
  AcknowledgeAll();
  admission.places = 1;
  lane.OnPlace(WebhookId("webhook_a"), now);
  lane.OnPlace(WebhookId("webhook_unknown"), now);
  EXPECT_TRUE(http.sent.empty());
  EXPECT_EQ(admission.busy, 0U);
}

TEST_F(DeliveryLaneTest, ABreakOfOurOwnCostsNoAttemptHoweverLongItLasts) {
  EgressWatch egress({.has_canary = true, .min_endpoints = 1, .min_accounts = 1});
  DeliveryLane cut{
      8, Settled(), Limits(), {http, journal, report, registry, registry, lease, admission, &egress}};
  cut.OnInherited({{}, 0, true}, now);
  const auto pass = [&](seconds time) {
    for (seconds passed{0}; passed < time; passed += seconds{1}) {
      now.mono += seconds{1};
      now.wall += seconds{1};
      cut.OnTick(now);
    }
  };
  cut.OnDelivery(NewDelivery(), 1, now);
  HttpResult unreached;
  unreached.fault = NetFault::kTimeoutConnect;
  cut.OnResponse(http.sent[0], unreached, now);
  ASSERT_TRUE(egress.BeginCanary(now.mono));
  egress.OnCanary(false, now.mono);
  admission.places = 0;  // as its share says
  pass(seconds{5'400});
  EXPECT_EQ(http.sent.size(), 1U) << "nothing is sent while the canary fails";
  EXPECT_TRUE(journal.waits.empty());
  egress.OnCanary(true, now.mono);
  admission.places = 1;
  cut.OnPlace(WebhookId("webhook_a"), now);
  ASSERT_EQ(http.sent.size(), 2U);
  cut.OnResponse(http.sent[1], Answer(200), now);
  EXPECT_EQ(journal.attempts.back().attempt, 1);
}

TEST_F(DeliveryLaneTest, ForgetsNothingWhenTheSameOffsetsAreReadAgain) {
  lane.OnDelivery(NewDelivery(), 40, now);
  lane.OnDelivery(NewDelivery(), 40, now);
  EXPECT_EQ(lane.span(), 1U);
  EXPECT_EQ(http.sent.size(), 1U);
}

}  // namespace
}  // namespace webhook
