#include "services/delivery-worker/engine/fanout_pace.h"

#include <gtest/gtest.h>

namespace webhook {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class FanoutPaceTest : public ::testing::Test {
 protected:
  Webhook Limited(const std::string& id, int per_minute = 1'000, int burst = 100) {
    Webhook webhook;
    webhook.id = WebhookId(id);
    webhook.account = AccountId("account_1");
    webhook.rate_limit = {per_minute, burst, 10};
    return webhook;
  }
  // How many of so many, all at once, go on.
  int GoOn(FanoutPace& pace, const Webhook& webhook, int count) {
    int on = 0;
    for (int i = 0; i < count; ++i) on += pace.Take(webhook, now) ? 0 : 1;
    return on;
  }

  MonoTime now{std::chrono::hours{1}};
};

TEST_F(FanoutPaceTest, LetsThroughWhatTheLimitDoes) {
  FanoutPace pace({});
  const Webhook webhook = Limited("webhook_a");
  EXPECT_EQ(GoOn(pace, webhook, 100), 100) << "a whole burst";
  for (int i = 0; i < 1'000; ++i) {
    now += milliseconds{102};
    EXPECT_EQ(GoOn(pace, webhook, 1), 1) << i;
  }
}

TEST_F(FanoutPaceTest, ParksAFloodAtTheLimitsPace) {
  FanoutPace pace({});
  const Webhook webhook = Limited("webhook_a");
  const int on = GoOn(pace, webhook, 10'000);
  EXPECT_GE(on, 240) << "what can start within the shortest tier's pause waits in the partition";
  EXPECT_LE(on, 256) << "as many as an endpoint's queue takes";
  const MonoTime first = *pace.Take(webhook, now);
  EXPECT_GE(first - now, seconds{980}) << "behind the ten thousand";
  EXPECT_GE(*pace.Take(webhook, now) - first, milliseconds{100});
}

// Of many lanes each meets one event of a slow endpoint in minutes, or by chance two at once.
TEST_F(FanoutPaceTest, AFewInOneLaneAreNoFlood) {
  PaceLimits limits;
  limits.lanes = 24;
  FanoutPace pace(limits);
  const Webhook webhook = Limited("webhook_a", 10, 100);
  EXPECT_EQ(GoOn(pace, webhook, 4), 4);
  EXPECT_EQ(GoOn(pace, webhook, 1), 0);
  EXPECT_EQ(GoOn(pace, Limited("webhook_b", 1, 1), 4), 1) << "no more than its limit lets through";
}

TEST_F(FanoutPaceTest, EndpointsWithoutALimitAreNeverParked) {
  FanoutPace pace({});
  EXPECT_EQ(GoOn(pace, Limited("webhook_a", 0, 0), 10'000), 10'000);
}

TEST_F(FanoutPaceTest, EitherCeilingCounts) {
  FanoutPace pace({});
  EXPECT_EQ(GoOn(pace, Limited("webhook_a", 6, 100), 50), 7) << "six at once, and one ten seconds later";
  EXPECT_EQ(GoOn(pace, Limited("webhook_b", 0, 10), 50), 24);
}

TEST_F(FanoutPaceTest, OfManyFloodedEndpointsLittleWaitsInThePartitions) {
  FanoutPace pace({});
  int on = 0;
  for (int i = 0; i < 200; ++i) on += GoOn(pace, Limited("webhook_" + std::to_string(i)), 500);
  EXPECT_EQ(on, 200 * 100 + 1'000);
  Webhook other = Limited("webhook_other");
  other.account = AccountId("account_2");
  EXPECT_GT(GoOn(pace, other, 200), 199) << "another account has its own room";
}

TEST_F(FanoutPaceTest, ManyLanesShareTheLimit) {
  PaceLimits limits;
  limits.lanes = 8;
  FanoutPace pace(limits);
  const int on = GoOn(pace, Limited("webhook_a"), 1'000);
  EXPECT_GE(on, 12 + 16);
  EXPECT_LE(on, 256 / 8);
}

TEST_F(FanoutPaceTest, ForgetsWhoIsBelowHisLimitAgain) {
  FanoutPace pace({});
  const Webhook webhook = Limited("webhook_a");
  GoOn(pace, webhook, 250);
  pace.Sweep(now + seconds{30});
  now += seconds{30};
  EXPECT_EQ(GoOn(pace, webhook, 100), 100);
}

}  // namespace
}  // namespace webhook
