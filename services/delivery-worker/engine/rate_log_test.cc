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

// Whenever a request comes between its admission and its end, no window of the receiver's holds more than
// allowed.
TEST(RateLog, HoldsForTheTimesAtWhichRequestsCome) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const int burst = 1 + static_cast<int>(random() % 8);
    RateLog log;
    log.SetLimit({burst + static_cast<int>(random() % 20), burst, 10});
    std::vector<MonoTime> came;
    std::size_t on_the_way = 0;
    std::size_t answered = 0;  // of those that came
    MonoTime now = kStart;
    for (int step = 0; step < 9'000; ++step) {
      now += milliseconds{random() % 400};
      if (on_the_way > 0 && random() % 3 == 0) {
        --on_the_way;
        if (random() % 5 == 0) {
          log.Dropped();
        } else {
          came.push_back(now);
        }
      }
      if (answered < came.size() && random() % 3 == 0) {
        ++answered;
        log.Ended(now);
      }
      if (log.NextFree(now) <= now) {
        log.Admit();
        ++on_the_way;
      }
    }
    ASSERT_GE(came.size(), 10U);
    for (std::size_t i = static_cast<std::size_t>(burst); i < came.size(); ++i)
      ASSERT_GT(came[i] - came[i - static_cast<std::size_t>(burst)], seconds{10}) << "seed " << seed;
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

TEST(RateLog, ALimitThatWasLoweredForAMomentForgetsNothing) {
  RateLog log;
  log.SetLimit({1'000, 100, 10});
  for (int i = 0; i < 100; ++i) log.Admit();
  for (int i = 0; i < 99; ++i) log.Ended(kStart);
  log.SetLimit({1, 1, 10});
  log.Ended(kStart);
  log.SetLimit({1'000, 100, 10});
  EXPECT_EQ(log.NextFree(kStart), kStart + seconds{10} + kRateGuard);
}

TEST(RateLog, AnUnknownPastIsAFullWindow) {
  RateLog log;
  log.SetLimit({0, 100, 10});
  log.AssumeFull(kStart);
  EXPECT_EQ(log.NextFree(kStart + seconds{3}), kStart + seconds{10} + kRateGuard);
  EXPECT_EQ(log.NextFree(kStart + seconds{11}), kStart + seconds{11});
}

TEST(RateLog, TakesWhatEarlierOwnersSentInAnyOrder) {
  RateLog log;
  log.SetLimit({0, 2, 10});
  log.Inherit(kStart - seconds{1});
  log.Inherit(kStart - seconds{5});
  EXPECT_EQ(log.NextFree(kStart), kStart + seconds{5} + kRateGuard);
}

}  // namespace
}  // namespace webhook
