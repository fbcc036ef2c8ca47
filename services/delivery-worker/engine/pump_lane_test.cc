#include "services/delivery-worker/engine/pump_lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace webhook {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;

constexpr WallTime kStart{seconds{1'700'000'000}};

struct FakeMoves : MovePort {
  void Move(Token token, const char* topic, const Waiting& waiting) override {
    tokens.push_back(token);
    topics.emplace_back(topic);
    offsets.push_back(waiting.offset);
  }
  std::vector<Token> tokens;
  std::vector<std::string> topics;
  std::vector<std::int64_t> offsets;
};

struct FakeLease : LeasePort {
  MonoTime lease() const override { return until; }
  MonoTime until = MonoTime::max();
};

class PumpLaneTest : public ::testing::Test {
 protected:
  // The tier lets it go `release` after the start, and it is due at `due`.
  void Wait(std::int64_t offset, seconds release, seconds due) {
    Delivery delivery;
    delivery.id = DeliveryId("delivery_1");
    delivery.webhook_id = WebhookId("webhook_a");
    delivery.created_at = kStart;
    delivery.due_at = kStart + due;
    lane.OnWaiting(delivery, offset, kStart + release - seconds{15}, "value", now);
  }
  void TickAt(seconds time) {
    now = {MonoTime{time}, kStart + time};
    lane.OnTick(now);
  }

  Now now{MonoTime{}, kStart};
  FakeMoves moves;
  FakeLease lease;
  PumpLane lane{"webhook.wait.15s", Checkpoint{}, PumpLimits{}, moves, lease};
};

TEST_F(PumpLaneTest, ReleasesInAppendOrderAndOnlyWhatIsDue) {
  Wait(0, seconds{5}, seconds{5});
  Wait(1, seconds{6}, seconds{6});
  EXPECT_EQ(lane.next_release(), MonoTime{seconds{5}});
  TickAt(seconds{4});
  EXPECT_TRUE(moves.offsets.empty());
  TickAt(seconds{5});
  EXPECT_THAT(moves.offsets, ElementsAre(0));
  EXPECT_THAT(moves.topics, ElementsAre("webhook.deliveries"));
  EXPECT_EQ(lane.held(), 2U);
  EXPECT_EQ(lane.held_bytes(), 10U);
}

TEST_F(PumpLaneTest, WhatIsDueLaterHops) {
  Wait(0, seconds{0}, seconds{70});
  Wait(1, seconds{0}, seconds{14});
  TickAt(seconds{0});
  EXPECT_THAT(moves.topics, ElementsAre("webhook.wait.60s", "webhook.deliveries"));
}

TEST_F(PumpLaneTest, ABrokersClockThatRanAheadHoldsNobodyUp) {
  Wait(0, seconds{3'600}, seconds{0});
  Wait(1, seconds{0}, seconds{0});
  TickAt(seconds{15});
  EXPECT_THAT(moves.offsets, ElementsAre(0, 1));
}

TEST_F(PumpLaneTest, AClockThatIsSetBackHoldsNobodyUp) {
  Wait(0, seconds{5}, seconds{5});
  now = {MonoTime{seconds{5}}, kStart - seconds{3'600}};
  lane.OnTick(now);
  EXPECT_THAT(moves.offsets, ElementsAre(0));
}

TEST_F(PumpLaneTest, ADueTimeThatNobodyCanMeanDoesNotGoRoundForEver) {
  Delivery delivery;
  delivery.created_at = delivery.due_at.emplace(kStart + std::chrono::hours{9'000});
  lane.OnWaiting(delivery, 0, kStart - seconds{15}, "value", now);
  TickAt(seconds{0});
  EXPECT_THAT(moves.topics, ElementsAre("webhook.deliveries"));
}

TEST_F(PumpLaneTest, WhatGrowsTooOldGoesToTheLaneThatEndsIt) {
  Wait(0, seconds{0}, std::chrono::hours{73});
  now = {MonoTime{std::chrono::hours{72}}, kStart + std::chrono::hours{72}};
  lane.OnTick(now);
  EXPECT_THAT(moves.topics, ElementsAre("webhook.deliveries"));
}

TEST_F(PumpLaneTest, CommitsOnlyWhatLiesElsewhere) {
  Wait(0, seconds{0}, seconds{0});
  Wait(1, seconds{0}, seconds{0});
  ASSERT_TRUE(lane.OnPoison(2));
  TickAt(seconds{0});
  lane.OnAppended(moves.tokens[1], {true, 0}, now);
  lane.OnPoisonAppended(2);
  EXPECT_EQ(lane.checkpoint().offset, 0);
  lane.OnAppended(moves.tokens[0], {false, -1}, now);
  EXPECT_EQ(lane.checkpoint().offset, 0);
  TickAt(seconds{1});
  EXPECT_THAT(moves.offsets, ElementsAre(0, 1, 0));
  lane.OnAppended(moves.tokens[2], {true, 0}, now);
  EXPECT_EQ(lane.checkpoint().offset, 3);
  EXPECT_EQ(lane.held_bytes(), 0U);
}

TEST_F(PumpLaneTest, IgnoresWhatIsReadAgain) {
  Wait(4, seconds{0}, seconds{0});
  Wait(4, seconds{0}, seconds{0});
  EXPECT_EQ(lane.held(), 1U);
}

TEST_F(PumpLaneTest, ADrainLeavesWhatWaits) {
  Wait(0, seconds{0}, seconds{0});
  Wait(1, seconds{5}, seconds{5});
  TickAt(seconds{0});
  lane.BeginDrain(now);
  EXPECT_FALSE(lane.idle());
  TickAt(seconds{6});
  lane.OnAppended(moves.tokens[0], {true, 0}, now);
  EXPECT_TRUE(lane.idle());
  EXPECT_THAT(moves.offsets, ElementsAre(0));
  EXPECT_EQ(lane.checkpoint().offset, 1);
}

TEST_F(PumpLaneTest, MovesNothingOutsideOfItsLease) {
  lease.until = MonoTime{seconds{3}};
  Wait(0, seconds{0}, seconds{0});
  TickAt(seconds{3});
  EXPECT_TRUE(moves.offsets.empty());
  lease.until = MonoTime{seconds{9}};
  TickAt(seconds{4});
  EXPECT_THAT(moves.offsets, ElementsAre(0));
}

}  // namespace
}  // namespace webhook
