#include "services/registry/api/operations/platform_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/topics.h"

namespace webhook {
namespace {

using kafka::TopicPartition;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

store::Instance Told(const std::string& service, const std::string& name, const std::string& version) {
  return {service, name, version, WallTime(seconds(1)), WallTime(seconds(2))};
}

kafka::GroupMember Member(const std::string& client, const std::string& host,
                          std::vector<TopicPartition> partitions) {
  return {client, host, std::move(partitions)};
}

TEST(MatchMembers, FindsTheProcessByTheNameOfItsClient) {
  const auto views = MatchMembers(
      {Told("event-ingest", "i-1", "1"), Told("delivery-worker", "w-2", "1"),
       Told("delivery-worker", "w-1", "1")},
      {{kFanoutGroup, {{Member("delivery-worker.w-1", "h", {{kEventsTopic, 3}, {kEventsTopic, 0}})}, {}}},
       {kDeliverGroup, {{Member("delivery-worker.w-2", "h", {{kDeliveriesTopic, 1}})}, {}}},
       {kPumpGroup,
        {{Member("delivery-worker.w-2", "h", {{"webhook.wait.60s", 0}, {"webhook.wait.15s", 1}})}, {}}}});
  ASSERT_THAT(views, SizeIs(3));
  EXPECT_EQ(views[0].instance.name, "w-1");
  EXPECT_EQ(views[0].instance.version, "1") << "what it has told stays";
  EXPECT_THAT(views[0].fanout, ElementsAre(0, 3));
  EXPECT_THAT(views[0].deliveries, IsEmpty());
  EXPECT_EQ(views[1].instance.name, "w-2");
  EXPECT_THAT(views[1].deliveries, ElementsAre(1));
  EXPECT_THAT(views[1].wait, ElementsAre(Pair("webhook.wait.15s", ElementsAre(1)),
                                         Pair("webhook.wait.60s", ElementsAre(0))));
  EXPECT_EQ(views[2].instance.service, "event-ingest");
}

TEST(MatchMembers, KnowsAWorkerOfAVersionBeforeByItsAddress) {
  const auto views =
      MatchMembers({Told("delivery-worker", "10.0.0.7", "")},
                   {{kDeliverGroup, {{Member("delivery-worker", "10.0.0.7", {{kDeliveriesTopic, 5}})}, {}}}});
  ASSERT_THAT(views, SizeIs(1));
  EXPECT_TRUE(views[0].known);
  EXPECT_THAT(views[0].deliveries, ElementsAre(5));
}

TEST(MatchMembers, ShowsAMemberThatNobodyHasToldOf) {
  const auto views = MatchMembers(
      {}, {{kDeliverGroup, {{Member("delivery-worker.w-9", "h", {{kDeliveriesTopic, 5}})}, {}}}});
  ASSERT_THAT(views, SizeIs(1));
  EXPECT_FALSE(views[0].known);
  EXPECT_EQ(views[0].instance.service, "delivery-worker");
  EXPECT_EQ(views[0].instance.name, "w-9");
}

TEST(Versions, AreCountedByServiceAndSkewedWhereThereIsMoreThanOne) {
  std::vector<store::Instance> instances = {Told("registry", "r-1", "1"), Told("delivery-worker", "w-1", "1"),
                                            Told("delivery-worker", "w-2", "1")};
  const auto same = CountVersions(instances);
  EXPECT_THAT(same, ElementsAre(VersionCount{"delivery-worker", "1", 2}, VersionCount{"registry", "1", 1}));
  EXPECT_FALSE(HasSkew(same));
  instances.push_back(Told("delivery-worker", "w-3", ""));
  EXPECT_TRUE(HasSkew(CountVersions(instances))) << "one that tells no version is of another";
  EXPECT_FALSE(HasSkew({}));
}

TEST(RecordsBehind, CountsFromWhatIsReadOrFromWhatIsLeft) {
  const std::map<TopicPartition, kafka::Extent> partitions = {{{"a", 0}, {10, 100}},
                                                              {{"a", 1}, {10, 100}},
                                                              {{"a", 2}, {10, 100}},
                                                              {{"a", 3}, {10, 100}},
                                                              {{"b", 0}, {0, 7}}};
  // Read up to 90; never read; retention has taken what was not read; and asked before the commit was made.
  EXPECT_EQ(RecordsBehind(partitions, "a", {{{"a", 0}, 90}, {{"a", 2}, 5}, {{"a", 3}, 101}}),
            10 + 90 + 90 + 0);
  EXPECT_EQ(RecordsBehind(partitions, "b", {}), 7);
}

}  // namespace
}  // namespace webhook
