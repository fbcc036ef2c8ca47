#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "http/internal/deadline_wheel.h"

namespace webhook::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Alarm final : public DeadlineWheel::Timed {
 public:
  void OnDue(MonoTime now) override {
    rang.push_back(now);
    also();
  }
  std::vector<MonoTime> rang;
  std::function<void()> also = [] {};
};

class DeadlineWheelTest : public ::testing::Test {
 protected:
  void AdvanceTo(milliseconds after) { wheel_.Advance(begin_ + after); }

  const MonoTime begin_{seconds(1'000'000)};
  DeadlineWheel wheel_;
  Alarm one_;
  Alarm other_;
};

TEST_F(DeadlineWheelTest, TellsWhatIsDueOnceAndNeverEarly) {
  wheel_.Arm(one_, begin_ + milliseconds(25));
  wheel_.Arm(other_, begin_ + milliseconds(26));
  for (int ms = 0; ms < 25; ++ms) AdvanceTo(milliseconds(ms));
  EXPECT_TRUE(one_.rang.empty());
  for (int ms = 25; ms < 100; ++ms) AdvanceTo(milliseconds(ms));
  ASSERT_EQ(one_.rang.size(), 1u);
  ASSERT_EQ(other_.rang.size(), 1u);
  EXPECT_LE(one_.rang[0], begin_ + milliseconds(25) + DeadlineWheel::kTick);
  EXPECT_TRUE(wheel_.empty());
}

TEST_F(DeadlineWheelTest, ADeadlineBeyondARoundWaitsForItsOwn) {
  wheel_.Arm(one_, begin_ + seconds(30));
  for (int s = 0; s < 30; ++s) AdvanceTo(seconds(s));
  EXPECT_TRUE(one_.rang.empty());
  AdvanceTo(seconds(30) + DeadlineWheel::kTick);
  EXPECT_EQ(one_.rang.size(), 1u);
}

TEST_F(DeadlineWheelTest, WhatWasMissedIsToldHoweverLongNobodyLooked) {
  wheel_.Arm(one_, begin_ + milliseconds(5));
  AdvanceTo(seconds(3'600));
  EXPECT_EQ(one_.rang.size(), 1u);
  wheel_.Arm(one_, begin_);
  AdvanceTo(seconds(3'600) + DeadlineWheel::kTick);
  EXPECT_EQ(one_.rang.size(), 2u) << "armed for a time that is past";
}

TEST_F(DeadlineWheelTest, WhatIsDisarmedOrArmedAnewIsNotToldOfTheOldTime) {
  wheel_.Arm(one_, begin_ + milliseconds(10));
  wheel_.Arm(other_, begin_ + milliseconds(10));
  wheel_.Disarm(one_);
  wheel_.Arm(other_, begin_ + milliseconds(500));
  AdvanceTo(milliseconds(100));
  EXPECT_TRUE(one_.rang.empty() && other_.rang.empty());
  AdvanceTo(milliseconds(600));
  EXPECT_TRUE(one_.rang.empty());
  EXPECT_EQ(other_.rang.size(), 1u);
}

TEST_F(DeadlineWheelTest, WhoIsToldMayDisarmAnotherThatIsDueAndArmItself) {
  wheel_.Arm(one_, begin_ + milliseconds(10));
  wheel_.Arm(other_, begin_ + milliseconds(10));
  one_.also = [this] {
    wheel_.Disarm(other_);
    if (one_.rang.size() == 1) wheel_.Arm(one_, begin_ + milliseconds(200));
  };
  AdvanceTo(milliseconds(100));
  EXPECT_TRUE(other_.rang.empty());
  EXPECT_FALSE(wheel_.empty());
  AdvanceTo(milliseconds(300));
  EXPECT_EQ(one_.rang.size(), 2u);
}

}  // namespace
}  // namespace webhook::http
