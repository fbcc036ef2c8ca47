#include "services/delivery-worker/adapters/record_ages.h"

#include <gtest/gtest.h>

namespace webhook {
namespace {

using std::chrono::milliseconds;

constexpr WallTime kStart{std::chrono::hours{24}};

TEST(RecordAges, NothingIsKnownOfWhatWasNotRead) {
  RecordAges ages;
  EXPECT_FALSE(ages.AppendedAt(0));
  ages.Note(10, kStart);
  EXPECT_FALSE(ages.AppendedAt(9));
  EXPECT_FALSE(ages.AppendedAt(11));
}

TEST(RecordAges, AreRightToASecondAndNeverTooYoung) {
  RecordAges ages;
  for (int i = 0; i < 100; ++i) ages.Note(i, kStart + milliseconds{100} * i);
  for (int i = 0; i < 100; ++i) {
    const WallTime appended = kStart + milliseconds{100} * i;
    const auto told = ages.AppendedAt(i);
    ASSERT_TRUE(told);
    EXPECT_LE(*told, appended);
    EXPECT_GT(*told, appended - milliseconds{1000});
  }
}

TEST(RecordAges, RecordsThatComeAgainChangeNothing) {
  RecordAges ages;
  ages.Note(5, kStart);
  ages.Note(6, kStart + milliseconds{2000});
  ages.Note(5, kStart + milliseconds{9000});
  EXPECT_EQ(ages.AppendedAt(6), kStart + milliseconds{2000});
}

TEST(RecordAges, ABrokersClockThatGoesBackLosesNothing) {
  RecordAges ages;
  ages.Note(0, kStart + milliseconds{5000});
  ages.Note(1, kStart);
  EXPECT_EQ(ages.AppendedAt(1), kStart + milliseconds{5000});
}

}  // namespace
}  // namespace webhook
