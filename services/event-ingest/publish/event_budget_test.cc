#include "services/event-ingest/publish/event_budget.h"

#include <gtest/gtest.h>

namespace webhook {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const AccountId kMine("account_mine");
const AccountId kOther("account_other");

int Taken(EventBudget& budget, const AccountId& account, MonoTime now, int wanted) {
  int taken = 0;
  for (int i = 0; i < wanted; ++i) taken += budget.Take(account, now) ? 1 : 0;
  return taken;
}

TEST(EventBudget, ABurstOfAWindowPassesAndThenTheRate) {
  EventBudget budget(100);
  const MonoTime start{seconds(50)};
  EXPECT_EQ(Taken(budget, kMine, start, 2'000), 1'000);
  EXPECT_EQ(Taken(budget, kMine, start + milliseconds(500), 2'000), 50);
  EXPECT_EQ(Taken(budget, kMine, start + seconds(1'000), 2'000), 1'000);
}

TEST(EventBudget, EachAccountHasItsOwn) {
  EventBudget budget(1);
  const MonoTime now{seconds(50)};
  EXPECT_EQ(Taken(budget, kMine, now, 20), 10);
  EXPECT_EQ(Taken(budget, kOther, now, 20), 10);
}

TEST(EventBudget, CallsThatComeOutOfOrderGainNothing) {
  EventBudget budget(100);
  const MonoTime early{seconds(50)};
  const MonoTime late = early + milliseconds(10);
  int taken = 0;
  for (int i = 0; i < 2'000; ++i) taken += Taken(budget, kMine, i % 2 ? early : late, 1);
  EXPECT_LE(taken, 1'001);
}

TEST(EventBudget, ZeroIsNoLimit) {
  EventBudget budget(0);
  EXPECT_EQ(Taken(budget, kMine, MonoTime{}, 5'000), 5'000);
}

}  // namespace
}  // namespace webhook
