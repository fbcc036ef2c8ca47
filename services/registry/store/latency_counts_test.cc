#include "services/registry/store/latency_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace webhook::store {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

void ExpectNear(std::optional<microseconds> told, microseconds meant) {
  ASSERT_TRUE(told);
  EXPECT_NEAR(static_cast<double>(told->count()), static_cast<double>(meant.count()),
              0.15 * static_cast<double>(meant.count()));
}

TEST(LatencyCounts, NothingHasNoQuantile) {
  EXPECT_EQ(LatencyCounts().Quantile(0.5), std::nullopt);
  EXPECT_EQ(LatencyCounts({0, 0}).Quantile(1), std::nullopt);
}

TEST(LatencyCounts, QuantilesAreAtMostAClassOff) {
  LatencyCounts counts;
  for (int i = 1; i <= 1'000; ++i) counts.Add(milliseconds(i * 10));
  ExpectNear(counts.Quantile(0.5), seconds(5));
  ExpectNear(counts.Quantile(0.95), milliseconds(9'500));
  ExpectNear(counts.Quantile(0.001), milliseconds(10));
  ExpectNear(counts.Quantile(1), seconds(10));
}

TEST(LatencyCounts, WhatTakesNoTimeOrForeverFallsIntoTheOuterClasses) {
  LatencyCounts counts;
  counts.Add(microseconds(0));
  counts.Add(std::chrono::hours(10));
  EXPECT_THAT(counts.classes(), ::testing::SizeIs(40));
  EXPECT_EQ(counts.classes().front(), 1);
  EXPECT_EQ(counts.classes().back(), 1);
}

TEST(LatencyCounts, SumsOfDifferentLengths) {
  LatencyCounts few({1, 2});
  few.Add(LatencyCounts({1, 0, 3}));
  EXPECT_THAT(few.classes(), ::testing::ElementsAre(2, 2, 3));
}

}  // namespace
}  // namespace webhook::store
