#include "services/registry/api/operations/call_places.h"

#include <gtest/gtest.h>

namespace webhook {
namespace {

TEST(CallPlaces, AreBoundedForOneAccountAndForAll) {
  CallPlaces places(3, 2);
  const AccountId one("account_1");
  const AccountId other("account_2");
  auto first = places.Take(one);
  const auto second = places.Take(one);
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(places.Take(one));
  const auto third = places.Take(other);
  EXPECT_TRUE(third);
  EXPECT_FALSE(places.Take(other)) << "of all";
  first.reset();
  EXPECT_TRUE(places.Take(one));
}

}  // namespace
}  // namespace webhook
