#include "services/registry/api/operations/poison_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "records/records.h"

namespace webhook {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

PoisonEntry Entry(std::int32_t partition, std::int64_t offset, int second) {
  PoisonEntry entry;
  entry.partition = partition;
  entry.offset = offset;
  entry.at = WallTime(seconds(second));
  return entry;
}

std::vector<std::string> Names(const std::vector<PoisonEntry>& entries) {
  std::vector<std::string> names;
  for (const PoisonEntry& entry : entries)
    names.push_back(std::to_string(entry.partition) + "/" + std::to_string(entry.offset));
  return names;
}

TEST(TakeNewest, GoesThroughAllPartitionsByTime) {
  PoisonBounds bounds = {{0, 9}, {1, 4}, {2, 0}};
  const std::map<std::int32_t, std::vector<PoisonEntry>> all = {
      {0, {Entry(0, 7, 10), Entry(0, 8, 40)}}, {1, {Entry(1, 2, 20), Entry(1, 3, 30)}}, {2, {}}};
  EXPECT_THAT(Names(TakeNewest(all, 3, &bounds)), ElementsAre("0/8", "1/3", "1/2"));
  EXPECT_THAT(bounds, ElementsAre(Pair(0, 8), Pair(1, 2), Pair(2, 0)));
  EXPECT_THAT(Names(TakeNewest(all, 9, &bounds)), ElementsAre("0/8", "1/3", "1/2", "0/7"));
  EXPECT_THAT(bounds, ElementsAre(Pair(0, 7), Pair(1, 2), Pair(2, 0)));
}

TEST(TakeNewest, LosesNothingWhereClocksGoBack) {
  PoisonBounds bounds = {{0, 3}, {1, 1}};
  const std::map<std::int32_t, std::vector<PoisonEntry>> all = {
      {0, {Entry(0, 0, 50), Entry(0, 1, 10), Entry(0, 2, 30)}}, {1, {Entry(1, 0, 20)}}};
  EXPECT_THAT(Names(TakeNewest(all, 2, &bounds)), ElementsAre("0/2", "1/0"));
  EXPECT_THAT(bounds, ElementsAre(Pair(0, 2), Pair(1, 0))) << "0/1 and 0/0 are to come";
}

TEST(PoisonBounds, AreReadAsTheyWereWritten) {
  const PoisonBounds bounds = {{0, 12}, {2, 0}};
  EXPECT_EQ(FormatBounds(bounds), "0:12,2:0");
  EXPECT_EQ(ParseBounds("0:12,2:0"), bounds);
  EXPECT_THAT(*ParseBounds(""), IsEmpty());
  for (const char* wrong :
       {"x", "1", "1:", ":1", "1:2,", "1:2;", "1:2,,3:4", "-1:2", "1:-2", "1:99999999999999999999"})
    EXPECT_FALSE(ParseBounds(wrong)) << wrong;
}

TEST(PoisonEntry, ShowsHostileBytesAsWhatTheyAre) {
  const std::string bytes("<a>\0\xff\n", 6);
  const std::string value =
      EncodePoison("webhook.events", 3, 4, "why", bytes, bytes + std::string(5'000, 'x'));
  const PoisonEntry entry = ToPoisonEntry({"webhook.poison", 1, 2, "", value, WallTime(seconds(9))});
  EXPECT_EQ(entry.partition, 1);
  EXPECT_EQ(entry.offset, 2);
  EXPECT_EQ(entry.source, (kafka::TopicPartition{"webhook.events", 3}));
  EXPECT_EQ(entry.source_offset, 4);
  EXPECT_EQ(entry.key, "<a>...");
  EXPECT_EQ(entry.size, 5'006);
  EXPECT_EQ(entry.excerpt.size(), kPoisonExcerpt);
  EXPECT_EQ(entry.excerpt.substr(0, 6), bytes);
}

TEST(PoisonEntry, ShowsWhatIsNoPoisonRecordToo) {
  const PoisonEntry entry = ToPoisonEntry({"webhook.poison", 1, 2, "k\x01", "garbage", {}});
  EXPECT_FALSE(entry.source);
  EXPECT_EQ(entry.key, "k.");
  EXPECT_EQ(entry.excerpt, "garbage");
  EXPECT_THAT(entry.reason, ::testing::StartsWith("no record of ours: "));
}

}  // namespace
}  // namespace webhook
