#include "services/delivery-worker/engine/offset_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/recent_set.h"

namespace webhook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Checkpoint At(std::int64_t offset, std::vector<bool> done = {}) {
  Checkpoint checkpoint;
  checkpoint.offset = offset;
  checkpoint.done = std::move(done);
  return checkpoint;
}

Checkpoint Snapshot(const OffsetWindow& window) {
  Checkpoint checkpoint;
  window.Describe(&checkpoint);
  return checkpoint;
}

TEST(OffsetWindow, NeverPassesTheOldestIncompleteRecord) {
  OffsetWindow window(At(10));
  EXPECT_EQ(window.committable(), 10);
  for (std::int64_t offset = 10; offset < 15; ++offset) EXPECT_TRUE(window.Add(offset));
  window.MarkDone(12);
  window.MarkDone(14);
  EXPECT_EQ(window.committable(), 10);
  EXPECT_THAT(Snapshot(window).done, ElementsAre(false, false, true, false, true));
  window.MarkDone(10);
  EXPECT_EQ(window.committable(), 11);
  window.MarkDone(11);
  EXPECT_EQ(window.committable(), 13);
  EXPECT_EQ(window.span(), 2U);
  window.MarkDone(13);
  EXPECT_EQ(window.committable(), 15);
  EXPECT_EQ(window.span(), 0U);
  EXPECT_THAT(Snapshot(window).done, IsEmpty());
}

TEST(OffsetWindow, IgnoresWhatIsReadAgain) {
  OffsetWindow window(At(5));
  EXPECT_TRUE(window.Add(5));
  EXPECT_FALSE(window.Add(5));
  window.MarkDone(5);
  EXPECT_FALSE(window.Add(5));
  EXPECT_EQ(window.committable(), 6);
}

TEST(OffsetWindow, StepsOverGaps) {
  OffsetWindow window(At(0));
  EXPECT_TRUE(window.Add(5'000'000'000)) << "the first record that there is";
  EXPECT_TRUE(window.Add(5'000'000'004));
  window.MarkDone(5'000'000'000);
  EXPECT_EQ(window.committable(), 5'000'000'004);
  window.MarkDone(5'000'000'000);
  EXPECT_EQ(window.committable(), 5'000'000'004);
  EXPECT_EQ(window.span(), 1U);
}

TEST(OffsetWindow, GoesOnWhereAnEarlierOwnerStopped) {
  OffsetWindow window(At(10, {false, true, false, true}));
  EXPECT_TRUE(window.Add(10));
  EXPECT_FALSE(window.Add(11));
  EXPECT_TRUE(window.Add(12));
  EXPECT_EQ(Snapshot(window), At(10, {false, true, false, true})) << "what is not read again yet is kept";
  window.MarkDone(10);
  window.MarkDone(12);
  EXPECT_EQ(window.committable(), 14) << "13 was done, though it was not read again";
  EXPECT_FALSE(window.Add(13));
  EXPECT_TRUE(window.Add(14));
  EXPECT_EQ(window.committable(), 14);
  EXPECT_EQ(window.span(), 1U);
}

TEST(OffsetWindow, KnowsWhatMayStillCome) {
  OffsetWindow window(At(10, {false, true}));
  EXPECT_FALSE(window.MayStillCome(9));
  EXPECT_TRUE(window.MayStillCome(10));
  EXPECT_FALSE(window.MayStillCome(11)) << "it is complete";
  EXPECT_TRUE(window.MayStillCome(12));
  EXPECT_FALSE(window.MayStillCome(10 + static_cast<std::int64_t>(kMaxWindow)));
  EXPECT_TRUE(window.Add(10));
  EXPECT_FALSE(window.MayStillCome(10)) << "it was read";
}

TEST(OffsetWindow, AGapWithinWhatWasDoneIsSteppedOver) {
  OffsetWindow window(At(10, {false, false, true}));
  EXPECT_TRUE(window.Add(13)) << "10 and 11 are there no more";
  EXPECT_EQ(window.committable(), 13);
}

TEST(OffsetWindow, LeavesOutWhatNoCommitCanHold) {
  OffsetWindow window(At(0));
  const auto end = static_cast<std::int64_t>(kMaxWindow) + 10;
  for (std::int64_t offset = 0; offset < end; ++offset) EXPECT_TRUE(window.Add(offset));
  for (std::int64_t offset = 1; offset < end; ++offset) window.MarkDone(offset);
  EXPECT_EQ(Snapshot(window).done.size(), kMaxWindow);
  window.MarkDone(0);
  EXPECT_EQ(window.committable(), end);
}

TEST(RecentSet, ForgetsTheOldest) {
  RecentSet set(2);
  const Bytes16 a{1};
  const Bytes16 b{2};
  const Bytes16 c{3};
  EXPECT_TRUE(set.Insert(a));
  EXPECT_FALSE(set.Insert(a));
  EXPECT_TRUE(set.Insert(b));
  EXPECT_TRUE(set.Insert(c));
  EXPECT_FALSE(set.Contains(a));
  EXPECT_TRUE(set.Contains(b));
}

}  // namespace
}  // namespace webhook
