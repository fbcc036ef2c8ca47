#include "services/delivery-worker/engine/offset_window.h"

#include <gtest/gtest.h>

#include "core/recent_set.h"

namespace webhook {
namespace {

TEST(OffsetWindow, CommitsNothingBeforeTheFirstRecord) {
  EXPECT_EQ(OffsetWindow().committable(), -1);
}

TEST(OffsetWindow, NeverPassesTheOldestIncompleteRecord) {
  OffsetWindow window;
  for (std::int64_t offset = 10; offset < 15; ++offset) EXPECT_TRUE(window.Add(offset));
  window.MarkDone(12);
  window.MarkDone(14);
  EXPECT_EQ(window.committable(), 10);
  window.MarkDone(10);
  EXPECT_EQ(window.committable(), 11);
  window.MarkDone(11);
  EXPECT_EQ(window.committable(), 13);
  EXPECT_EQ(window.size(), 2U);
  window.MarkDone(13);
  EXPECT_EQ(window.committable(), 15);
  EXPECT_EQ(window.size(), 0U);
}

TEST(OffsetWindow, IgnoresWhatIsReadAgain) {
  OffsetWindow window;
  EXPECT_TRUE(window.Add(5));
  EXPECT_FALSE(window.Add(5));
  window.MarkDone(5);
  EXPECT_FALSE(window.Add(5));
  EXPECT_EQ(window.committable(), 6);
}

TEST(OffsetWindow, StepsOverGaps) {
  OffsetWindow window;
  window.Add(5);
  window.Add(9);
  window.MarkDone(5);
  EXPECT_EQ(window.committable(), 9);
  window.MarkDone(5);
  EXPECT_EQ(window.committable(), 9);
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
