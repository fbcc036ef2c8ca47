#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>

#include "kafka/cluster_state.h"
#include "kafka/consumer.h"
#include "kafka/producer.h"
#include "kafka/topics.h"
#include "metrics/metrics.h"
#include "runtime/clock.h"
#include "runtime/stop_token.h"
#include "tests/integration/needed.h"

namespace webhook::kafka {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Cluster Brokers() {
  return {.brokers = Needed("WEBHOOK_TEST_KAFKA")};
}

// A name that no earlier run has used.
std::string Fresh(const std::string& what) {
  static std::atomic<int> number{0};
  return what + "-" + std::to_string(runtime::ReadClock().wall.time_since_epoch().count()) + "-" +
         std::to_string(++number);
}

std::string NewTopic(int partitions, bool append_time = false) {
  const std::string topic = Fresh("test");
  const Status created =
      CreateTopics(Brokers(), {{topic, partitions, std::chrono::hours(1), append_time}}, 1, 1, seconds(20));
  EXPECT_TRUE(created) << (created ? "" : created.error().message);
  return topic;
}

std::unique_ptr<Producer> NewProducer(const Cluster& cluster = Brokers()) {
  ProducerOptions options;
  options.cluster = cluster;
  options.client_id = "test";
  options.message_timeout = milliseconds(3'000);
  return std::move(Producer::Create(options).value());
}

void ProduceNumbers(const std::string& topic, int count) {
  const auto producer = NewProducer();
  std::atomic<int> acknowledged{0};
  for (int i = 0; i < count; ++i) {
    const std::string text = std::to_string(i);
    ASSERT_TRUE(producer->Produce({topic, -1, text, text},
                                  [&](const Result<std::int64_t>& offset) { acknowledged += offset.ok(); }));
  }
  ASSERT_TRUE(producer->Flush(seconds(20)));
  ASSERT_EQ(acknowledged, count);
}

std::unique_ptr<Consumer> NewConsumer(const std::string& group, const std::vector<std::string>& topics,
                                      Consumer::Listener listener = {}) {
  ConsumerOptions options;
  options.cluster = Brokers();
  options.client_id = "test";
  options.group = group;
  options.topics = topics;
  return std::move(Consumer::Create(options, std::move(listener)).value());
}

TEST(Topics, AreCreatedOnceAndChecked) {
  const std::string topic = NewTopic(3, true);
  const std::vector<TopicSpec> specs = {{topic, 3, std::chrono::hours(1), true}};
  EXPECT_TRUE(CreateTopics(Brokers(), specs, 1, 1, seconds(20))) << "creating again changes nothing";
  EXPECT_THAT(CheckTopics(Brokers(), specs).value(), ::testing::IsEmpty());
  const auto wrong = CheckTopics(Brokers(), {{topic, 5, {}, true}, {"nowhere", 1, {}, false}});
  ASSERT_TRUE(wrong);
  ASSERT_EQ(wrong->size(), 2u);
  EXPECT_EQ((*wrong)[0].detail, "has 3 partitions, needs 5");
  EXPECT_EQ((*wrong)[1].detail, "missing");
  const std::string plain = NewTopic(1);
  EXPECT_EQ(CheckTopics(Brokers(), {{plain, 1, {}, true}})->size(), 1u) << "not the broker's time";
}

TEST(Kafka, WhatIsAcknowledgedIsRead) {
  const std::string topic = NewTopic(3);
  ProduceNumbers(topic, 1'000);
  const auto consumer = NewConsumer(Fresh("group"), {topic});
  std::set<std::string> seen;
  while (seen.size() < 1'000) {
    const auto batch = consumer->Poll(milliseconds(200), 100);
    ASSERT_TRUE(batch);
    ASSERT_LE((*batch)->records().size(), 100u);
    for (const ConsumedRecord& record : (*batch)->records()) {
      EXPECT_EQ(record.key, record.value);
      EXPECT_TRUE(seen.insert(std::string(record.value)).second) << record.value;
    }
  }
}

TEST(Kafka, AnAcknowledgementTellsTheOffset) {
  const std::string topic = NewTopic(1);
  const auto producer = NewProducer();
  std::vector<std::int64_t> offsets;
  for (int i = 0; i < 1'000; ++i) {
    const auto done = [&](const Result<std::int64_t>& offset) { offsets.push_back(offset.value()); };
    ASSERT_TRUE(producer->Produce({topic, 0, "k", "v"}, done));
  }
  ASSERT_TRUE(producer->Flush(seconds(20)));
  ASSERT_EQ(offsets.size(), 1'000u);
  for (std::size_t i = 0; i < offsets.size(); ++i) EXPECT_EQ(offsets[i], static_cast<std::int64_t>(i));
}

TEST(Kafka, EndsAndTimesAreFoundWithoutReading) {
  const std::string topic = NewTopic(1, true);
  const auto consumer = NewConsumer("", {});
  const auto at = [&](WallTime time) { return consumer->OffsetAt({topic, 0}, time, seconds(5)).value(); };
  EXPECT_EQ(at(WallTime{}), 0) << "the end of an empty partition";
  ProduceNumbers(topic, 4);
  const WallTime between = runtime::ReadClock().wall + milliseconds(1);
  runtime::StopToken().WaitFor(milliseconds(10));
  ProduceNumbers(topic, 3);
  EXPECT_EQ(consumer->EndOffset({topic, 0}, seconds(5)).value(), 7);
  EXPECT_EQ(consumer->EndOffsets({{topic, 0}}, seconds(5)).value().at({topic, 0}), 7);
  EXPECT_FALSE(consumer->EndOffsets({{topic, 0}, {"nowhere", 0}}, seconds(5)));
  EXPECT_EQ(at(WallTime{}), 0);
  EXPECT_EQ(at(between), 4);
  EXPECT_EQ(at(runtime::ReadClock().wall + seconds(60)), 7);
  EXPECT_FALSE(consumer->EndOffset({"nowhere", 0}, seconds(5)));
}

TEST(ClusterState, TellsWhatIsThereWhoReadsItAndHowFar) {
  const std::string topic = NewTopic(2);
  const std::string group = Fresh("group");
  ProduceNumbers(topic, 10);
  const auto look = [&] { return ReadClusterState(Brokers(), {topic}, {group}, seconds(5)); };
  const auto before = look();
  ASSERT_TRUE(before) << before.error().message;
  EXPECT_THAT(before->groups.at(group).members, ::testing::IsEmpty()) << "nobody has joined yet";
  std::int64_t records = 0;
  for (const auto& [partition, extent] : before->partitions) {
    EXPECT_EQ(extent.begin, 0);
    records += extent.end;
  }
  EXPECT_EQ(before->partitions.size(), 2u);
  EXPECT_EQ(records, 10);

  const auto consumer = NewConsumer(group, {topic});
  for (std::size_t read = 0; read < 10;)
    read += consumer->Poll(milliseconds(200), 100).value()->records().size();
  ASSERT_TRUE(consumer->CommitSync({{{topic, 1}, 3}}));
  const auto state = look();
  ASSERT_TRUE(state) << state.error().message;
  const GroupState& told = state->groups.at(group);
  const std::map<TopicPartition, std::int64_t> committed = {{{topic, 1}, 3}};
  EXPECT_EQ(told.committed, committed) << "what has no commit is not there";
  ASSERT_EQ(told.members.size(), 1u) << "a look joins no group";
  EXPECT_EQ(told.members[0].client_id, "test");
  EXPECT_THAT(told.members[0].host, ::testing::AnyOf("127.0.0.1", "0:0:0:0:0:0:0:1"));
  const std::vector<TopicPartition> both = {{topic, 0}, {topic, 1}};
  EXPECT_THAT(told.members[0].partitions, ::testing::UnorderedElementsAreArray(both));
}

TEST(ClusterState, FailsForAMissingTopicAndInTimeWithoutBrokers) {
  EXPECT_EQ(ReadClusterState(Brokers(), {"nowhere"}, {}, seconds(5)).error().code, ErrorCode::kUnavailable);
  const MonoTime begun = runtime::ReadClock().mono;
  const auto away = ReadClusterState({.brokers = "127.0.0.1:1"}, {"any"}, {"any"}, milliseconds(500));
  EXPECT_EQ(away.error().code, ErrorCode::kUnavailable);
  EXPECT_LT(runtime::ReadClock().mono - begun, seconds(2));
}

TEST(Kafka, ACommitsMetadataComesToTheNextMember) {
  const std::string topic = NewTopic(1);
  const std::string group = Fresh("group");
  const std::string metadata = '<' + std::string(kMaxMetadataBytes - 2, 'm') + '>';
  std::vector<Consumer::Position> found;
  Consumer* asking = nullptr;
  Consumer::Listener listener;
  listener.on_assigned = [&](const auto& partitions) {
    if (!partitions.empty()) found = asking->Committed(partitions, seconds(5)).value();
  };
  for (const std::int64_t expected : {-1, 7}) {
    const auto member = NewConsumer(group, {topic}, listener);
    asking = member.get();
    for (found.clear(); found.empty();) ASSERT_TRUE(member->Poll(milliseconds(50), 1));
    EXPECT_EQ(found[0].offset, expected);
    EXPECT_EQ(found[0].metadata, expected == 7 ? metadata : "");
    ASSERT_TRUE(member->CommitSync({{{topic, 0}, 7, metadata}}));
  }
}

TEST(Kafka, AnAcknowledgedCommitConfirmsAMember) {
  const std::string topic = NewTopic(1);
  const std::string group = Fresh("group");
  const std::vector<Consumer::Position> positions = {{{topic, 0}, 0}};
  {
    const auto stranger = NewConsumer(group, {"nowhere"});
    EXPECT_TRUE(stranger->CommitSync(positions)) << "the broker takes it for a group without members";
    EXPECT_EQ(stranger->confirmed(), std::nullopt);
  }
  bool held = false;
  Consumer::Listener listener;
  listener.on_assigned = [&](const auto& partitions) { held = !partitions.empty(); };
  const auto member = NewConsumer(group, {topic}, listener);
  while (!held) ASSERT_TRUE(member->Poll(milliseconds(50), 1));
  const MonoTime before = runtime::ReadClock().mono;
  ASSERT_TRUE(member->CommitSync(positions));
  const std::optional<MonoTime> sync = member->confirmed();
  EXPECT_GE(sync, before);
  EXPECT_LE(sync, runtime::ReadClock().mono);
  member->CommitAsync(positions);
  EXPECT_EQ(member->confirmed(), sync) << "not before its acknowledgement";
  while (member->confirmed() == sync) ASSERT_TRUE(member->Poll(milliseconds(50), 1));
  const std::optional<MonoTime> async = member->confirmed();
  EXPECT_GT(async, sync);
  EXPECT_FALSE(member->CommitSync({{{"nowhere", 0}, 0}}));
  EXPECT_EQ(member->confirmed(), async);
  for (int i = 0; i < 100; ++i) member->CommitAsync(positions);
  member->Close();
  member->CommitAsync(positions);
}

TEST(Kafka, ACommitIsWhereTheNextMemberBegins) {
  const std::string topic = NewTopic(1);
  const std::string group = Fresh("group");
  ProduceNumbers(topic, 10);
  {
    const auto consumer = NewConsumer(group, {topic});
    std::size_t seen = 0;
    while (seen < 10) seen += consumer->Poll(milliseconds(200), 100).value()->records().size();
    ASSERT_TRUE(consumer->CommitSync({{{topic, 0}, 7}}));
    consumer->Close();
  }
  const auto next = NewConsumer(group, {topic});
  for (;;) {
    const auto batch = next->Poll(milliseconds(200), 1);
    ASSERT_TRUE(batch);
    if ((*batch)->records().empty()) continue;
    EXPECT_EQ((*batch)->records()[0].offset, 7);
    return;
  }
}

TEST(Kafka, PausingAndResumingLosesNothing) {
  const std::string topic = NewTopic(4);
  ProduceNumbers(topic, 5'000);
  const auto consumer = NewConsumer(Fresh("group"), {topic});
  std::set<std::string> seen;
  std::map<std::int32_t, std::int64_t> next;  // by partition
  const auto note = [&](const ConsumedRecord& record) {
    std::int64_t& expected = next[record.partition];
    EXPECT_LE(record.offset, expected) << "a gap";
    // One that comes again is the same, and no second copy in the log.
    EXPECT_EQ(seen.emplace(record.value).second, record.offset == expected) << record.value;
    expected = std::max(expected, record.offset + 1);
  };
  for (int round = 0; seen.size() < 5'000; ++round) {
    const auto batch = consumer->Poll(milliseconds(100), 37);
    ASSERT_TRUE(batch);
    for (const ConsumedRecord& record : (*batch)->records()) note(record);
    const TopicPartition partition{topic, round % 4};
    consumer->Pause({partition});
    const auto paused = consumer->Poll(milliseconds(0), 37);
    ASSERT_TRUE(paused);
    for (const ConsumedRecord& record : (*paused)->records()) {
      EXPECT_NE(record.partition, partition.partition);
      note(record);
    }
    consumer->Resume({partition});
  }
}

// librdkafka's fetcher slept on, for up to a second each time (docs/adr/0005).
TEST(Kafka, AResumedPartitionIsReadAtOnce) {
  const std::string topic = NewTopic(1);
  constexpr int kRounds = 8;
  ProduceNumbers(topic, kRounds);
  const auto consumer = NewConsumer(Fresh("group"), {topic});
  const auto poll = [&](milliseconds timeout) {
    const auto batch = consumer->Poll(timeout, 1);
    return batch && !(*batch)->records().empty();
  };
  while (!poll(milliseconds(100))) {
  }
  milliseconds waited{0};
  for (int round = 1; round < kRounds; ++round) {
    consumer->Pause({{topic, 0}});
    ASSERT_FALSE(poll(milliseconds(300))) << "until its last question to the broker is answered";
    consumer->Resume({{topic, 0}});
    const MonoTime resumed = runtime::ReadClock().mono;
    while (!poll(milliseconds(100))) {
    }
    waited += std::chrono::duration_cast<milliseconds>(runtime::ReadClock().mono - resumed);
  }
  EXPECT_LT(waited, seconds(2)) << "of " << kRounds << " pauses";
}

TEST(Kafka, ASecondMemberTakesPartitionsAndTheFirstMayCommitThem) {
  const std::string topic = NewTopic(4);
  const std::string group = Fresh("group");
  ProduceNumbers(topic, 100);
  std::set<TopicPartition> held;
  std::vector<TopicPartition> revoked;
  Consumer* first_consumer = nullptr;
  Consumer::Listener listener;
  listener.on_assigned = [&](const auto& partitions) { held.insert(partitions.begin(), partitions.end()); };
  listener.on_revoked = [&](const auto& partitions) {
    for (const TopicPartition& partition : partitions) {
      revoked.push_back(partition);
      held.erase(partition);
      const Status done = first_consumer->CommitSync({{partition, 5}});
      EXPECT_TRUE(done) << (done ? "" : done.error().message);
    }
  };
  const auto first = NewConsumer(group, {topic}, listener);
  first_consumer = first.get();
  while (held.size() < 4) ASSERT_TRUE(first->Poll(milliseconds(100), 100));
  std::map<std::int32_t, std::int64_t> first_offset;
  const auto second = NewConsumer(group, {topic});
  while (revoked.empty() || first_offset.size() < revoked.size()) {
    ASSERT_TRUE(first->Poll(milliseconds(50), 100));
    const auto batch = second->Poll(milliseconds(50), 100);
    ASSERT_TRUE(batch);
    for (const ConsumedRecord& record : (*batch)->records())
      first_offset.emplace(record.partition, record.offset);
  }
  EXPECT_EQ(held.size() + revoked.size(), 4u);
  for (const auto& [partition, offset] : first_offset) EXPECT_EQ(offset, 5) << partition;
}

// What a rebalance has put before a member that does not poll is still waiting when that member closes.
class KafkaCloses : public ::testing::TestWithParam<bool> {};

TEST_P(KafkaCloses, AfterAllItHoldsIsCommittedAlsoAmidARebalance) {
  const bool after_the_revocation = GetParam();
  const std::string topic = NewTopic(4);
  const std::string group = Fresh("group");
  ProduceNumbers(topic, 400);
  std::set<TopicPartition> held;
  std::set<std::int32_t> committed;
  Consumer* first_consumer = nullptr;
  Consumer::Listener listener;
  listener.on_assigned = [&](const auto& partitions) { held.insert(partitions.begin(), partitions.end()); };
  listener.on_revoked = [&](const auto& partitions) {
    for (const TopicPartition& partition : partitions) {
      const Status done = first_consumer->CommitSync({{partition, 5}});
      EXPECT_TRUE(done) << (done ? "" : done.error().message);
      held.erase(partition);
      committed.insert(partition.partition);
    }
  };
  const auto first = NewConsumer(group, {topic}, listener);
  first_consumer = first.get();
  while (held.size() < 4) ASSERT_TRUE(first->Poll(milliseconds(100), 100));
  std::set<std::int32_t> second_held;
  Consumer::Listener other;
  other.on_assigned = [&](const auto& partitions) {
    for (const TopicPartition& partition : partitions) second_held.insert(partition.partition);
  };
  const auto second = NewConsumer(group, {topic}, other);
  const auto poll_second = [&] { ASSERT_TRUE(second->Poll(milliseconds(50), 100)); };
  while (after_the_revocation && held.size() == 4) {
    ASSERT_TRUE(first->Poll(milliseconds(50), 100));
    poll_second();
  }
  // A heartbeat tells the first of the rebalance; the answer then waits for its next poll.
  const MonoTime end = runtime::ReadClock().mono + seconds(4);
  while (runtime::ReadClock().mono < end) poll_second();
  first->Close();
  EXPECT_EQ(held.size(), 0u);
  EXPECT_EQ(committed.size(), 4u);
  while (second_held.size() < 4) poll_second();
}

INSTANTIATE_TEST_SUITE_P(WithWaiting, KafkaCloses, ::testing::Bool(),
                         [](const auto& waits) { return waits.param ? "Assignment" : "Revocation"; });

TEST(Kafka, APauseEndsWithItsAssignment) {
  const std::string topic = NewTopic(2);
  const std::string group = Fresh("group");
  int assigned = 0;
  Consumer::Listener listener;
  listener.on_assigned = [&](const auto& partitions) { assigned += static_cast<int>(partitions.size()); };
  const auto first = NewConsumer(group, {topic}, listener);
  while (assigned < 2) ASSERT_TRUE(first->Poll(milliseconds(50), 10));
  first->Pause({{topic, 0}, {topic, 1}});
  {
    bool joined = false;
    Consumer::Listener other;
    other.on_assigned = [&](const auto&) { joined = true; };
    const auto second = NewConsumer(group, {topic}, other);
    while (!joined) {
      ASSERT_TRUE(first->Poll(milliseconds(50), 10));
      ASSERT_TRUE(second->Poll(milliseconds(50), 10));
    }
    second->Close();
  }
  while (assigned < 3) ASSERT_TRUE(first->Poll(milliseconds(50), 10));
  // The partition that came back is read; the one that was kept all the time is paused still.
  ProduceNumbers(topic, 100);
  std::set<std::int32_t> read;
  for (int i = 0; i < 40 && read.empty(); ++i) {
    const auto batch = first->Poll(milliseconds(100), 100);
    ASSERT_TRUE(batch);
    for (const ConsumedRecord& record : (*batch)->records()) read.insert(record.partition);
  }
  EXPECT_EQ(read.size(), 1u);
}

TEST(Kafka, AssignReadsFromTheGivenOffsetsWithoutAGroup) {
  const std::string topic = NewTopic(2);
  {
    const auto producer = NewProducer();
    for (int i = 0; i < 66; ++i) ASSERT_TRUE(producer->Produce({topic, i % 2, "k", "v"}, [](const auto&) {}));
    ASSERT_TRUE(producer->Flush(seconds(20)));
  }
  const auto consumer = NewConsumer("", {});
  EXPECT_EQ(consumer->PartitionCount(topic, seconds(5)).value(), 2);
  ASSERT_TRUE(consumer->Assign({{{topic, 0}, 30}, {{topic, 1}, -2}}));
  std::map<std::int32_t, std::size_t> counts;
  while (counts[0] + counts[1] < 3 + 33) {
    const auto batch = consumer->Poll(milliseconds(100), 100);
    ASSERT_TRUE(batch);
    for (const ConsumedRecord& record : (*batch)->records()) ++counts[record.partition];
  }
  EXPECT_EQ(counts[0], 3u);
}

TEST(Kafka, TheBrokersTimeIsTold) {
  const std::string topic = NewTopic(1, true);
  const WallTime before = runtime::ReadClock().wall - seconds(1);
  ProduceNumbers(topic, 1);
  const auto consumer = NewConsumer(Fresh("group"), {topic});
  for (;;) {
    const auto batch = consumer->Poll(milliseconds(200), 1);
    ASSERT_TRUE(batch);
    if ((*batch)->records().empty()) continue;
    EXPECT_GE((*batch)->records()[0].timestamp, before);
    EXPECT_LE((*batch)->records()[0].timestamp, runtime::ReadClock().wall + seconds(1));
    return;
  }
}

TEST(Producer, SaysUnavailableInTimeWhereNoBrokerAnswers) {
  const auto producer = NewProducer({.brokers = "127.0.0.1:1"});
  std::atomic<int> unavailable{0};
  ASSERT_TRUE(producer->Produce({"any", 0, "", "x"}, [&](const Result<std::int64_t>& offset) {
    unavailable += !offset && offset.error().code == ErrorCode::kUnavailable;
  }));
  const runtime::StopToken never;
  for (int i = 0; i < 100 && unavailable == 0; ++i) never.WaitFor(milliseconds(50));
  EXPECT_EQ(unavailable, 1);
  EXPECT_FALSE(producer->connected());
}

TEST(Consumer, SaysUnavailableWhereNoBrokerAnswers) {
  metrics::Registry registry;
  ConsumerOptions options;
  options.cluster = Counted({.brokers = "127.0.0.1:1"}, registry);
  options.client_id = "test";
  options.group = "g";
  options.topics = {"any"};
  const auto consumer = Consumer::Create(options, {});
  ASSERT_TRUE(consumer);
  bool told = false;
  for (int i = 0; i < 50 && !told; ++i) told = !(*consumer)->Poll(milliseconds(100), 1).ok();
  EXPECT_TRUE(told);
  for (const char* error : {"unreachable", "all_down"}) {
    EXPECT_THAT(registry.Render(),
                ::testing::Not(::testing::HasSubstr("webhook_kafka_errors_total{error=\"" +
                                                    std::string(error) + "\",op=\"connect\"} 0\n")));
  }
}

}  // namespace
}  // namespace webhook::kafka
