#include "services/delivery-worker/engine/rate_log.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <vector>

namespace webhook {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr MonoTime kStart{seconds{1'000}};

// Whatever time passes between admission and the first byte, no window of the written times holds more than
// allowed.
TEST(RateLog, HoldsForTheTimesAtWhichRequestsAreWritten) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const int burst = 1 + static_cast<int>(random() % 8);
    RateLog log;
    log.SetLimit({burst + static_cast<int>(random() % 20), burst, 10});
    std::vector<MonoTime> written;
    std::size_t pending = 0;
    MonoTime now = kStart;
    for (int step = 0; step < 6'000; ++step) {
      now += milliseconds{random() % 400};
      if (pending > 0 && random() % 3 == 0) {
        --pending;
        if (random() % 5 == 0) {
          log.Dropped();
        } else {
          log.Written(now);
          written.push_back(now);
        }
      }
      if (log.NextFree(now) <= now) {
        log.Admit();
        ++pending;
      }
    }
    ASSERT_GE(written.size(), 10U);
    for (std::size_t i = static_cast<std::size_t>(burst); i < written.size(); ++i)
      ASSERT_GT(written[i] - written[i - static_cast<std::size_t>(burst)], seconds{10}) << "seed " << seed;
  }
}

TEST(RateLog, WhatIsPendingHoldsBackTheNext) {
  RateLog log;
  log.SetLimit({1'000, 2, 10});
  log.Admit();
  log.Admit();
  EXPECT_GT(log.NextFree(kStart), kStart);
  log.Dropped();
  EXPECT_EQ(log.NextFree(kStart), kStart);
  EXPECT_FALSE(log.Empty(kStart));
}

TEST(RateLog, AnUnknownPastIsAFullWindow) {
  RateLog log;
  log.SetLimit({0, 100, 10});
  log.AssumeFull(kStart);
  EXPECT_EQ(log.NextFree(kStart + seconds{3}), kStart + seconds{10} + kRateGuard);
  EXPECT_EQ(log.NextFree(kStart + seconds{11}), kStart + seconds{11});
}

TEST(RateLog, TakesWhatEarlierOwnersWroteInAnyOrder) {
  RateLog log;
  log.SetLimit({0, 2, 10});
  log.Inherit(kStart - seconds{1});
  log.Inherit(kStart - seconds{5});
  EXPECT_EQ(log.NextFree(kStart), kStart + seconds{5} + kRateGuard);
}

}  // namespace
}  // namespace webhook
