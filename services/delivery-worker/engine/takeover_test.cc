#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "services/delivery-worker/engine/delivery_lane_fixture.h"

// What a partition's new owner begins with (ADR 0008).
namespace webhook {
namespace {

using ::testing::ElementsAre;

class TakeoverTest : public DeliveryLaneTest {
 protected:
  AttemptsTail::Entry Sent(const Delivery& delivery, std::int64_t offset, seconds ago) const {
    return {offset, PrintsOf(delivery).attempt, delivery.webhook_id, now.wall - ago, true, std::nullopt};
  }
  // Offers deliveries until none is started any more; gives the number that was.
  std::size_t Flood(DeliveryLane& owner) {
    for (int i = 0; i < 150; ++i)
      owner.OnDelivery(NewDelivery("delivery_x" + std::to_string(i)), 1'000 + i, now);
    for (std::size_t i = 0; i < http.sent.size(); ++i) {
      owner.OnResponse(http.sent[i], Answer(200), now);
      while (!journal.open.empty()) {
        for (const Token token : std::exchange(journal.open, {})) owner.OnAppended(token, {true, 0}, now);
      }
      owner.OnTick(now);
    }
    return http.sent.size();
  }
};

TEST_F(TakeoverTest, WhatTheAttemptsTellIsNotDoneAgain) {
  Checkpoint from;
  from.offset = 40;
  from.done = {false, true};
  from.attempts_offset = 7;
  DeliveryLane next{7, from, Limits(), {http, journal, report, registry, registry, lease, admission}};
  next.OnInherited({{Sent(NewDelivery("delivery_2"), 42, seconds{1})}, 9, true}, now);
  EXPECT_EQ(next.checkpoint().attempts_offset, 7) << "what they tell is not in the map yet";
  next.OnDelivery(NewDelivery("delivery_0"), 40, now);
  next.OnDelivery(NewDelivery("delivery_1"), 41, now);
  next.OnDelivery(NewDelivery("delivery_2"), 42, now);
  EXPECT_THAT(http.deliveries, ElementsAre("delivery_0"));
  next.OnDelivery(NewDelivery("delivery_2"), 43, now);
  EXPECT_THAT(http.deliveries, ElementsAre("delivery_0")) << "a duplicate of what an earlier owner sent";
  EXPECT_EQ(next.checkpoint().offset, 40);
  EXPECT_EQ(next.checkpoint().attempts_offset, 9);
  EXPECT_THAT(next.checkpoint().done, ElementsAre(false, true, true, true));
}

// A request that hangs for as long as owners live would hold back the commit until the window is full, and
// its partition with it: each owner would begin it anew.
TEST_F(TakeoverTest, WhatHasAQuarterOfAWindowBehindItIsParkedInsteadOfSent) {
  Checkpoint from;
  from.offset = 40;
  from.settled = true;
  from.done.assign(Limits().max_span / 4 + 2, true);
  from.done[0] = from.done[1] = false;
  DeliveryLane next{7, from, Limits(), {http, journal, report, registry, registry, lease, admission}};
  next.OnInherited({{}, 0, true}, now);
  next.OnDelivery(NewDelivery("delivery_0"), 40, now);
  next.OnDelivery(NewDelivery("delivery_1"), 41, now);
  EXPECT_THAT(http.deliveries, ElementsAre("delivery_1")) << "a quarter, and not more";
  EXPECT_THAT(report.outcomes, ElementsAre("parked"));
}

TEST_F(TakeoverTest, ATailKeepsRequestsAndWhatIsDoneInTheWindow) {
  AttemptsTail tail;
  AttemptRecord record;
  record.delivery_offset = 39;
  tail.Add(record, 40);
  EXPECT_TRUE(tail.entries.empty()) << "parked, and below the window: nobody asks";
  record.delivery_offset = 40;
  tail.Add(record, 40);
  record.delivery_offset = 2;
  record.requested = true;
  tail.Add(record, 40);
  ASSERT_EQ(tail.entries.size(), 2U);
  EXPECT_FALSE(tail.entries[0].ended_at);
  EXPECT_TRUE(tail.entries[1].ended_at) << "it counts against the rate limit";
  EXPECT_FALSE(tail.entries[1].delivered);
  record.state = DeliveryState::kDelivered;
  tail.Add(record, 40);
  EXPECT_TRUE(tail.entries[2].delivered);
  EXPECT_TRUE(tail.entries[2].ended_run);
  record.state = DeliveryState::kWaiting;
  tail.Add(record, 40);
  EXPECT_FALSE(tail.entries[3].ended_run);
}

// The deliveries may have been made anew, and the attempts not.
TEST_F(TakeoverTest, AnAttemptOfAnotherRecordMarksNothingDone) {
  DeliveryLane next{7, Settled(), Limits(), {http, journal, report, registry, registry, lease, admission}};
  next.OnInherited({{Sent(NewDelivery("delivery_old"), 1, seconds{1})}, 9, true}, now);
  next.OnDelivery(NewDelivery("delivery_new"), 1, now);
  EXPECT_THAT(http.deliveries, ElementsAre("delivery_new"));
  EXPECT_EQ(next.checkpoint().attempts_offset, 9);
}

TEST_F(TakeoverTest, RateWindowsGoOn) {
  Checkpoint from;
  from.settled = true;
  DeliveryLane next{7, from, Limits(), {http, journal, report, registry, registry, lease, admission}};
  AttemptsTail tail{{}, 0, true};
  for (int i = 0; i < 70; ++i)
    tail.entries.push_back(Sent(NewDelivery("delivery_y" + std::to_string(i)), i, seconds{9}));
  next.OnInherited(tail, now);
  EXPECT_EQ(Flood(next), 30U);
}

// Its clock may have been 5 s behind ours: what it says was 12 s ago may have been 7 s ago.
TEST_F(TakeoverTest, RateWindowsAllowForAnotherClock) {
  for (const auto& [ago, left] : {std::pair{seconds{12}, 30U}, std::pair{seconds{16}, 100U}}) {
    DeliveryLane next{7, Settled(), Limits(), {http, journal, report, registry, registry, lease, admission}};
    AttemptsTail tail{{}, 0, true};
    for (int i = 0; i < 70; ++i)
      tail.entries.push_back(Sent(NewDelivery("delivery_y" + std::to_string(i)), i, ago));
    next.OnInherited(tail, now);
    EXPECT_EQ(Flood(next), left);
    http.sent.clear();
  }
}

// The first attempt failed, the second was appended, and a crash kept the first from being recorded: it is
// repeated, and succeeds.
TEST_F(TakeoverTest, WhatHasEndedIsNotTriedAgain) {
  Delivery second = NewDelivery();
  second.attempt = 2;
  DeliveryLane next{7, Settled(), Limits(), {http, journal, report, registry, registry, lease, admission}};
  next.OnInherited({{}, 0, true}, now);
  next.OnDelivery(NewDelivery(), 1, now);
  next.OnResponse(http.sent[0], Answer(200), now);
  while (!journal.open.empty()) {
    for (const Token token : std::exchange(journal.open, {})) next.OnAppended(token, {true, 0}, now);
  }
  next.OnDelivery(second, 2, now);
  EXPECT_EQ(http.sent.size(), 1U);
  EXPECT_EQ(next.checkpoint().offset, 3);

  DeliveryLane later{7, Settled(), Limits(), {http, journal, report, registry, registry, lease, admission}};
  AttemptsTail tail;
  tail.complete = true;
  tail.Add(journal.attempts.at(0), 1);
  later.OnInherited(tail, now);
  later.OnDelivery(second, 2, now);
  EXPECT_EQ(http.sent.size(), 1U) << "nor by the owner after that one";
}

TEST_F(TakeoverTest, AnEndpointThatWasDeadIsDead) {
  DeliveryLane next{7, Settled(), Limits(), {http, journal, report, registry, registry, lease, admission}};
  AttemptsTail tail{{}, 0, true};
  for (int i = 0; i < 5; ++i) {
    tail.entries.push_back(Sent(NewDelivery("delivery_y" + std::to_string(i)), i, seconds{9}));
    tail.entries.back().delivered = false;
  }
  next.OnInherited(tail, now);
  for (int i = 0; i < 3; ++i) next.OnDelivery(NewDelivery("delivery_x" + std::to_string(i)), 10 + i, now);
  EXPECT_EQ(http.sent.size(), 1U) << "one at a time, until one succeeds";
}

TEST_F(TakeoverTest, AnEndpointThatServedManyIsTrustedAtOnce) {
  DeliveryLane next{7, Settled(), Limits(), {http, journal, report, registry, registry, lease, admission}};
  AttemptsTail tail{{}, 0, true};
  for (int i = 0; i < 5; ++i)
    tail.entries.push_back(Sent(NewDelivery("delivery_y" + std::to_string(i)), i, seconds{9}));
  next.OnInherited(tail, now);
  for (int i = 0; i < 12; ++i) next.OnDelivery(NewDelivery("delivery_x" + std::to_string(i)), 10 + i, now);
  EXPECT_EQ(http.sent.size(), 10U);
}

TEST_F(TakeoverTest, OwnersThatWereKilledMayHaveSentWhatNoRecordTells) {
  Checkpoint killed = ClaimOf(Checkpoint{}, now.wall - seconds{3});
  DeliveryLane next{
      7, ClaimOf(killed, now.wall), Limits(), {http, journal, report, registry, registry, lease, admission}};
  next.OnInherited({{}, 0, true}, now);
  EXPECT_EQ(next.checkpoint().unsettled.size(), 2U)
      << "nor its predecessor, of which the next owner has to know";
  EXPECT_EQ(Flood(next), 60U);
}

TEST_F(TakeoverTest, WindowsAreFullWhereTheAttemptsCannotBeRead) {
  DeliveryLane next{7, Checkpoint{}, Limits(), {http, journal, report, registry, registry, lease, admission}};
  next.OnInherited({{}, -1, false}, now);
  EXPECT_EQ(Flood(next), 0U);
  Webhook unlimited = MakeWebhook("webhook_a");
  unlimited.rate_limit = {0, 0, 10};
  unlimited.id = WebhookId("webhook_b");
  registry.Put(unlimited);
  next.OnDelivery(NewDelivery("delivery_b", "webhook_b"), 2'000, now);
  EXPECT_EQ(http.sent.size(), 1U) << "without a limit there is no window";
}

TEST_F(TakeoverTest, ARequestThatWasWrittenAndNeverRecordedUnsettles) {
  DeliveryLane owner{7, Settled(), Limits(), {http, journal, report, registry, registry, lease, admission}};
  owner.OnInherited({{}, 0, true}, now);
  owner.OnDelivery(NewDelivery(), 1, now);
  HttpResult fault;
  fault.own_fault = true;
  fault.written_at = now.wall;
  owner.BeginDrain(now);
  owner.OnResponse(http.sent[0], fault, now);
  while (!journal.open.empty()) {
    for (const Token token : std::exchange(journal.open, {})) owner.OnAppended(token, {true, 0}, now);
  }
  EXPECT_TRUE(owner.idle());
  EXPECT_FALSE(owner.checkpoint().settled);
}

}  // namespace
}  // namespace webhook
