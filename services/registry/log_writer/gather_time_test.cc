#include "services/registry/log_writer/gather_time.h"

#include <gtest/gtest.h>

namespace webhook {
namespace {

// Records of a batch after some have gathered at this rate.
std::size_t Settled(std::size_t a_second, std::size_t first) {
  std::size_t records = first;
  for (int batches = 0; batches < 100; ++batches)
    records = static_cast<std::size_t>(GatherTime(records).count()) * a_second / 1'000;
  return records;
}

TEST(GatherTime, AtALowRateNothingWaits) {
  EXPECT_EQ(GatherTime(0).count(), 0);
  EXPECT_EQ(GatherTime(1).count(), 1);
  EXPECT_EQ(Settled(900, 16'000), 0U) << "after a burst too";
}

TEST(GatherTime, AtAHighRateBatchesAreASecondLong) {
  EXPECT_EQ(Settled(2'000, 10), 2'000U);
  EXPECT_EQ(Settled(20'000, 10), 20'000U);
}

}  // namespace
}  // namespace webhook
