#include "services/registry/api/operations/call_budget.h"

#include <gtest/gtest.h>

namespace webhook {
namespace {

using std::chrono::seconds;

TEST(CallBudget, GivesEachAccountSoManyInAWindow) {
  CallBudget budget(2);
  const MonoTime now{std::chrono::hours{1} + seconds{15}};
  const auto first = budget.Take("account_a", now);
  EXPECT_TRUE(first.allowed);
  EXPECT_EQ(first.remaining, 1);
  EXPECT_EQ(first.reset, seconds{45});
  EXPECT_TRUE(budget.Take("account_a", now).allowed);
  const auto third = budget.Take("account_a", now);
  EXPECT_FALSE(third.allowed);
  EXPECT_EQ(third.remaining, 0);
  EXPECT_TRUE(budget.Take("account_b", now).allowed);
  EXPECT_TRUE(budget.Take("account_a", now + seconds{45}).allowed);
}

TEST(CallBudget, HasNoEndWhereNoneIsSet) {
  CallBudget budget(0);
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(budget.Take("account_a", MonoTime{}).allowed);
}

}  // namespace
}  // namespace webhook
