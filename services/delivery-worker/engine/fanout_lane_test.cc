#include "services/delivery-worker/engine/fanout_lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace webhook {
namespace {

using ::testing::ElementsAre;

struct FakeStage : DeliveriesPort,
                   JournalPort,
                   ReportPort,
                   BarrierPort,
                   FanoutReportPort,
                   WebhookDirectory,
                   LeasePort {
  void AppendDelivery(Token token, const Delivery& delivery) override {
    open.push_back(token);
    appended.push_back(delivery.webhook_id.str());
  }
  void AppendWait(Token token, const char* topic, const Delivery& delivery) override {
    open.push_back(token);
    appended.push_back(std::string(topic) + " " + delivery.webhook_id.str());
    due.push_back(*delivery.due_at);
  }
  void AppendAttempt(Token token, const AttemptRecord& record) override {
    open.push_back(token);
    appended.push_back(record.outcome + " " + record.webhook_id.str());
  }
  void Report(const AttemptRecord&, const Event&) override { ++parkings; }
  void AskBarrier() override { ++barriers; }
  void ReportFanout(FannedOut what, std::size_t) override {
    duplicates += what == FannedOut::kDuplicate ? 1 : 0;
  }
  std::shared_ptr<const Webhook> Find(const WebhookId&) const override { return nullptr; }
  std::shared_ptr<const std::vector<std::shared_ptr<const Webhook>>> Of(const AccountId&) const override {
    return std::make_shared<std::vector<std::shared_ptr<const Webhook>>>(webhooks);
  }
  std::int64_t revision() const override { return 1; }
  std::uint64_t changes() const override { return 0; }
  MonoTime lease() const override { return until; }

  void Add(const std::string& id, RateLimit limit = {0, 0, 10}) {
    Webhook webhook;
    webhook.rate_limit = limit;
    webhook.id = WebhookId(id);
    webhook.account = AccountId("account_1");
    webhook.events = {"*"};
    webhooks.push_back(std::make_shared<const Webhook>(webhook));
  }

  std::vector<std::shared_ptr<const Webhook>> webhooks;
  std::vector<Token> open;
  std::vector<std::string> appended;
  std::vector<WallTime> due;
  int parkings = 0;
  MonoTime until = MonoTime::max();
  int barriers = 0;
  int duplicates = 0;
};

class FanoutLaneTest : public ::testing::Test {
 protected:
  static std::shared_ptr<const Event> NewEvent(const std::string& id) {
    Event event;
    event.id = EventId(id);
    event.account = AccountId("account_1");
    event.type = "user.created";
    event.body = "{}";
    return std::make_shared<const Event>(event);
  }
  std::int64_t committable() const { return lane.checkpoint().offset; }

  Now now{};
  FakeStage stage;
  FanoutLane lane{Checkpoint{}, FanoutLimits{}, {stage, stage, stage, stage, stage, stage, stage}};
};

TEST_F(FanoutLaneTest, MatchesWithTheWebhooksBehindTheBarrier) {
  lane.OnEvent(NewEvent("e1"), 0, now);
  lane.OnTick(now);
  EXPECT_EQ(stage.barriers, 1);
  EXPECT_TRUE(stage.appended.empty());
  stage.Add("webhook_late");
  lane.OnBarrier(now);
  EXPECT_THAT(stage.appended, ElementsAre("webhook_late"));
}

TEST_F(FanoutLaneTest, WhatComesDuringABarrierWaitsForTheNext) {
  lane.OnEvent(NewEvent("e1"), 0, now);
  lane.OnTick(now);
  lane.OnEvent(NewEvent("e2"), 1, now);
  lane.OnTick(now);
  EXPECT_EQ(stage.barriers, 1);
  stage.Add("webhook_a");
  lane.OnBarrier(now);
  EXPECT_EQ(stage.appended.size(), 1U);
  lane.OnTick(now);
  EXPECT_EQ(stage.barriers, 2);
}

TEST_F(FanoutLaneTest, IsDoneWhenEveryDeliveryIsAcknowledged) {
  stage.Add("webhook_a");
  stage.Add("webhook_b");
  lane.OnEvent(NewEvent("e1"), 5, now);
  lane.OnTick(now);
  lane.OnBarrier(now);
  ASSERT_EQ(stage.open.size(), 2U);
  lane.OnAppended(stage.open[1], {true, 0}, now);
  lane.OnAppended(stage.open[0], {false, -1}, now);
  EXPECT_EQ(committable(), 5);
  now.mono += std::chrono::seconds{1};
  lane.OnTick(now);
  ASSERT_EQ(stage.open.size(), 3U);
  lane.OnAppended(stage.open[2], {true, 1}, now);
  EXPECT_EQ(committable(), 6);
  EXPECT_EQ(lane.held_bytes(), 0U);
}

TEST_F(FanoutLaneTest, DropsARepeatedPublish) {
  stage.Add("webhook_a");
  lane.OnEvent(NewEvent("e1"), 0, now);
  lane.OnEvent(NewEvent("e1"), 1, now);
  lane.OnTick(now);
  lane.OnBarrier(now);
  EXPECT_EQ(stage.appended.size(), 1U);
  EXPECT_EQ(stage.duplicates, 1);
  EXPECT_EQ(committable(), 0) << "the duplicate is not done before the event is";
}

// However many webhooks an account has, a burst of its events does not become a burst of appends.
TEST_F(FanoutLaneTest, BoundsWhatIsBeingAppended) {
  FanoutLimits limits;
  limits.max_appends = 3;
  FanoutLane bounded{Checkpoint{}, limits, {stage, stage, stage, stage, stage, stage, stage}};
  stage.Add("webhook_a");
  stage.Add("webhook_b");
  for (int i = 0; i < 100; ++i) bounded.OnEvent(NewEvent("e" + std::to_string(i)), i, now);
  bounded.OnTick(now);
  bounded.OnBarrier(now);
  EXPECT_EQ(stage.open.size(), 3U);
  EXPECT_EQ(bounded.held(), 100U);
  for (std::size_t i = 0; i < stage.open.size(); ++i) {
    bounded.OnAppended(stage.open[i], {true, 0}, now);
    EXPECT_LE(stage.open.size() - i, 4U);
  }
  EXPECT_EQ(stage.open.size(), 200U);
  EXPECT_EQ(bounded.checkpoint().offset, 100);
  EXPECT_EQ(bounded.held(), 0U);
}

// 10,000 webhooks and a body of 256 KiB are 2.5 GB.
TEST_F(FanoutLaneTest, OneEventForManyIsNotAppendedAtOnce) {
  FanoutLimits limits;
  limits.max_append_bytes = 5;
  FanoutLane bounded{Checkpoint{}, limits, {stage, stage, stage, stage, stage, stage, stage}};
  for (int i = 0; i < 7; ++i) stage.Add("webhook_" + std::to_string(i));
  bounded.OnEvent(NewEvent("e1"), 0, now);
  bounded.OnTick(now);
  bounded.OnBarrier(now);
  EXPECT_EQ(stage.open.size(), 2U);
  bounded.BeginDrain(now);
  for (std::size_t i = 0; i < stage.open.size(); ++i) {
    EXPECT_FALSE(bounded.idle()) << "what has begun is finished";
    bounded.OnAppended(stage.open[i], {true, 0}, now);
  }
  EXPECT_EQ(stage.open.size(), 7U);
  EXPECT_TRUE(bounded.idle());
  EXPECT_EQ(bounded.checkpoint().offset, 1);
}

TEST_F(FanoutLaneTest, ABodyAboveTheBoundGoesAlone) {
  FanoutLimits limits;
  limits.max_append_bytes = 1;
  FanoutLane bounded{Checkpoint{}, limits, {stage, stage, stage, stage, stage, stage, stage}};
  stage.Add("webhook_a");
  bounded.OnEvent(NewEvent("e1"), 0, now);
  bounded.OnTick(now);
  bounded.OnBarrier(now);
  EXPECT_EQ(stage.open.size(), 1U);
}

// A process that stood still for minutes may have lost its partitions.
TEST_F(FanoutLaneTest, BeginsNothingOutsideOfItsLease) {
  stage.Add("webhook_a");
  stage.until = now.mono;
  lane.OnEvent(NewEvent("e1"), 0, now);
  lane.OnTick(now);
  lane.OnBarrier(now);
  EXPECT_TRUE(stage.appended.empty());
  stage.until = MonoTime::max();
  lane.OnTick(now);
  EXPECT_EQ(stage.appended.size(), 1U);
}

TEST_F(FanoutLaneTest, RepeatsFailedAppendsInBatches) {
  for (int i = 0; i < 200; ++i) stage.Add("webhook_" + std::to_string(i));
  lane.OnEvent(NewEvent("e1"), 0, now);
  lane.OnTick(now);
  lane.OnBarrier(now);
  for (const Token token : std::exchange(stage.open, {})) lane.OnAppended(token, {false, -1}, now);
  now.mono += std::chrono::milliseconds{500};
  lane.OnTick(now);
  EXPECT_EQ(stage.open.size(), 64U);
  for (const Token token : std::exchange(stage.open, {})) lane.OnAppended(token, {false, -1}, now);
  lane.OnTick(now);
  EXPECT_TRUE(stage.open.empty()) << "the queue is full";
  now.mono += std::chrono::milliseconds{500};
  for (int ticks = 0; ticks < 4; ++ticks) {
    lane.OnTick(now);
    for (const Token token : std::exchange(stage.open, {})) lane.OnAppended(token, {true, 0}, now);
  }
  EXPECT_EQ(committable(), 1);
}

TEST_F(FanoutLaneTest, ADrainLeavesWhatHasNotBegun) {
  stage.Add("webhook_a");
  lane.OnEvent(NewEvent("e1"), 0, now);
  lane.OnTick(now);
  lane.BeginDrain(now);
  lane.OnBarrier(now);
  EXPECT_TRUE(stage.appended.empty());
  EXPECT_TRUE(lane.idle());
  EXPECT_EQ(lane.held_bytes(), 0U);
  EXPECT_EQ(committable(), 0);
}

TEST_F(FanoutLaneTest, ParksWhatAnEndpointsLimitWillNotLetThroughSoon) {
  stage.Add("webhook_a", {6, 1, 10});
  stage.Add("webhook_b");
  for (int i = 0; i < 4; ++i) lane.OnEvent(NewEvent("e" + std::to_string(i)), i, now);
  lane.OnTick(now);
  lane.OnBarrier(now);
  EXPECT_THAT(stage.appended,
              ElementsAre("webhook_a", "webhook_b", "webhook_a", "webhook_b", "webhook.wait.15s webhook_a",
                          "webhook_b", "webhook.wait.15s webhook_a", "webhook_b"));
  ASSERT_EQ(stage.due.size(), 2U);
  EXPECT_GE(stage.due[1] - stage.due[0], std::chrono::seconds{10}) << "each has a slot of its own";
  EXPECT_EQ(stage.parkings, 2);
}

TEST_F(FanoutLaneTest, WhatIsParkedIsDoneWhenItsRecordIsAcknowledgedToo) {
  stage.Add("webhook_a", {1, 1, 10});
  lane.OnEvent(NewEvent("e0"), 0, now);
  lane.OnEvent(NewEvent("e1"), 1, now);
  lane.OnTick(now);
  lane.OnBarrier(now);
  ASSERT_EQ(stage.appended.size(), 2U);
  lane.OnAppended(stage.open[0], {true, 0}, now);
  lane.OnAppended(stage.open[1], {true, 0}, now);
  EXPECT_EQ(committable(), 1) << "it waits, and nobody has been told";
  ASSERT_EQ(stage.appended.size(), 3U);
  EXPECT_EQ(stage.appended[2], "parked webhook_a");
  lane.OnAppended(stage.open[2], {false, -1}, now);
  now.mono += std::chrono::seconds{1};
  lane.OnTick(now);
  ASSERT_EQ(stage.appended.size(), 4U);
  EXPECT_EQ(stage.appended[3], "parked webhook_a") << "what waits is not appended again";
  lane.OnAppended(stage.open[3], {true, 1}, now);
  EXPECT_EQ(committable(), 2);
}

}  // namespace
}  // namespace webhook
