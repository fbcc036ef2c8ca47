#include "services/delivery-worker/engine/egress_watch.h"

#include <gtest/gtest.h>

#include <string>

namespace webhook {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class EgressWatchTest : public ::testing::Test {
 protected:
  static EgressLimits WithCanary() {
    EgressLimits limits;
    limits.has_canary = true;
    return limits;
  }
  bool Fails(int endpoint, int accounts = 5, NetFault fault = NetFault::kTimeoutConnect) {
    HttpResult result;
    result.fault = fault;
    return Ends(endpoint, accounts, result);
  }
  bool Answers(int endpoint, int accounts = 5) {
    HttpResult result;
    result.status = 500;
    return Ends(endpoint, accounts, result);
  }
  bool Ends(int endpoint, int accounts, const HttpResult& result) {
    now += milliseconds{110};
    return watch.NoteAttempt(AccountId("account_" + std::to_string(endpoint % accounts)),
                             WebhookId("webhook_" + std::to_string(endpoint)), result, now);
  }

  MonoTime now{seconds{1'000}};
  EgressWatch watch{WithCanary()};
};

TEST_F(EgressWatchTest, ManyEndpointsOfManyAccountsRaiseASuspicionAndTheCanaryDecides) {
  int free = 0;
  for (int i = 0; i < 30; ++i) free += Fails(i) ? 1 : 0;
  EXPECT_EQ(free, 11) << "from the twentieth on";
  EXPECT_FALSE(watch.paused()) << "nothing is decided yet";
  ASSERT_TRUE(watch.BeginCanary(now));
  EXPECT_FALSE(watch.BeginCanary(now)) << "one question at a time";
  watch.OnCanary(false, now);
  EXPECT_TRUE(watch.paused());
  EXPECT_EQ(watch.Share(now), 0);
  EXPECT_TRUE(Fails(31)) << "what was under way costs nothing either";
  EXPECT_FALSE(watch.BeginCanary(now));
  now += seconds{1};
  ASSERT_TRUE(watch.BeginCanary(now));
  watch.OnCanary(true, now);
  EXPECT_FALSE(watch.paused());
  EXPECT_NEAR(watch.Share(now), 0.1, 0.001);
  EXPECT_NEAR(watch.Share(now + seconds{30}), 0.55, 0.001);
  EXPECT_EQ(watch.Share(now + seconds{60}), 1);
  EXPECT_FALSE(Fails(1)) << "one that fails now is down itself";
}

TEST_F(EgressWatchTest, ACanaryThatAnswersClearsUs) {
  for (int i = 0; i < 25; ++i) (void)Fails(i);
  ASSERT_TRUE(watch.BeginCanary(now));
  watch.OnCanary(true, now);
  EXPECT_FALSE(Fails(1));
  EXPECT_EQ(watch.Share(now), 1) << "nothing was paused";
}

TEST_F(EgressWatchTest, NoCustomerAloneRaisesASuspicion) {
  for (int i = 0; i < 200; ++i) EXPECT_FALSE(Fails(i, 2));
  EXPECT_FALSE(watch.BeginCanary(now));
}

TEST_F(EgressWatchTest, NorDoManyAmongMoreThatAnswer) {
  for (int i = 0; i < 200; ++i) EXPECT_FALSE(i % 3 == 0 ? Fails(i) : Answers(i));
}

TEST_F(EgressWatchTest, NorDoEndpointsThatAnswerBadly) {
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(Fails(i, 5, NetFault::kTls));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(Fails(i, 5, NetFault::kTimeoutResponse));
}

TEST_F(EgressWatchTest, WithoutACanaryEndpointsAreAtFault) {
  EgressWatch none{EgressLimits{}};
  HttpResult result;
  result.fault = NetFault::kConnect;
  for (int i = 0; i < 100; ++i) {
    now += milliseconds{110};
    EXPECT_FALSE(none.NoteAttempt(AccountId("account_" + std::to_string(i)),
                                  WebhookId("webhook_" + std::to_string(i)), result, now));
  }
}

}  // namespace
}  // namespace webhook
