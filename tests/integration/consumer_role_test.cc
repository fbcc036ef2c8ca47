#include "services/delivery-worker/adapters/consumer_role.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/guarded.h"
#include "kafka/producer.h"
#include "kafka/topics.h"
#include "runtime/clock.h"
#include "runtime/stop_token.h"
#include "services/delivery-worker/adapters/lane_loop.h"
#include "services/delivery-worker/adapters/worker_metrics.h"
#include "tests/integration/needed.h"

namespace webhook {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

// The offsets that lanes worked on, of all epochs.
using Worked = Guarded<std::vector<std::int64_t>>;

class NotingLane : public Lane {
 public:
  NotingLane(const Checkpoint& from, Worked* worked) : Lane(from), worked_(worked) {}

  void OnRecord(std::int64_t offset) {
    if (!window_.Add(offset)) return;
    window_.MarkDone(offset);
    worked_->Lock()->push_back(offset);
  }
  std::size_t held() const override { return 0; }
  std::size_t held_bytes() const override { return 0; }

 private:
  void DoAppend(Token) override {}
  void OnAcknowledged(Token, std::int64_t, Now) override {}
  void Advance(Now) override {}
  void Drain(Now) override {}

  Worked* const worked_;
};

class NotingRunner : public PartitionRunner {
 public:
  NotingRunner(kafka::TopicPartition partition, const Checkpoint& from, const Parts& parts, Worked* worked)
      : PartitionRunner(std::move(partition), from, parts), lane_(from, worked) {}

 private:
  Lane& lane() override { return lane_; }
  const Lane& lane() const override { return lane_; }
  Status Take(const kafka::ConsumedRecord& record, Now) override {
    lane_.OnRecord(record.offset);
    return Ok();
  }

  NotingLane lane_;
};

class ConsumerRoleTest : public ::testing::Test {
 protected:
  ConsumerRoleTest() {
    const Status created = kafka::CreateTopics(
        {.brokers = brokers_}, {{topic_, 1, std::chrono::hours(1), false}}, 1, 1, seconds(20));
    CHECK(created.ok(), "the topic is made");
    kafka::ProducerOptions options;
    options.cluster.brokers = brokers_;
    producer_ = std::move(kafka::Producer::Create(options).value());
  }

  void Produce(int records) {
    for (int i = 0; i < records; ++i)
      ASSERT_TRUE(producer_->Produce({topic_, 0, "k", "v"}, [](const Result<std::int64_t>&) {}));
    ASSERT_TRUE(producer_->Flush(seconds(20)));
  }

  std::unique_ptr<ConsumerRole> NewRole() {
    RoleOptions options;
    options.client_id = "test";
    options.name = "deliver";  // one of those that there are metrics for
    options.cluster.brokers = brokers_;
    options.group = topic_ + "-group";
    options.topics = {topic_};
    options.max_backlog = 1'000;
    options.max_partition_bytes = 1 << 20;
    return std::make_unique<ConsumerRole>(
        options, health_, metrics_, [] { return true; },
        [this](const kafka::TopicPartition& partition, const Checkpoint& from, const LeasePort&) {
          return std::make_shared<NotingRunner>(
              partition, from, PartitionRunner::Parts{loop_, *producer_, metrics_}, &worked_);
        });
  }

  // Until so many were worked on, at most 30 s.
  void Await(std::size_t records) {
    const runtime::StopToken never;
    for (int i = 0; i < 3'000 && worked_.Lock()->size() < records; ++i) never.WaitFor(milliseconds(10));
  }

  const std::string brokers_ = Needed("WEBHOOK_TEST_KAFKA");
  const std::string topic_ = "role-" + std::to_string(runtime::ReadClock().wall.time_since_epoch().count());
  Worked worked_;
  metrics::Registry registry_;
  WorkerMetrics metrics_{registry_};
  runtime::Health health_;
  std::unique_ptr<kafka::Producer> producer_;
  LaneLoop loop_{"test"};
};

TEST_F(ConsumerRoleTest, GoesOnWhereTheLastOwnerEnded) {
  Produce(3);
  auto role = NewRole();
  Await(3);
  role->Stop();
  Produce(2);
  role = NewRole();
  Await(5);
  EXPECT_THAT(*worked_.Lock(), ElementsAre(0, 1, 2, 3, 4));
}

// The topic was made anew, or the brokers lost its end: what comes has offsets that were committed before.
TEST_F(ConsumerRoleTest, BeginsAnewWhereTheLogEndsBeforeItsCommit) {
  Produce(3);
  kafka::ConsumerOptions options;
  options.cluster.brokers = brokers_;
  options.client_id = "test";
  options.group = topic_ + "-group";
  options.topics = {topic_};
  bool assigned = false;
  kafka::Consumer::Listener listener;
  listener.on_assigned = [&](const auto& partitions) { assigned = !partitions.empty(); };
  const auto before = std::move(kafka::Consumer::Create(options, listener).value());
  while (!assigned) ASSERT_TRUE(before->Poll(milliseconds(100), 1));
  ASSERT_TRUE(before->CommitSync({{{topic_, 0}, 1'000}}));
  before->Close();
  auto role = NewRole();
  Await(3);
  Produce(2);
  Await(5);
  EXPECT_THAT(*worked_.Lock(), ElementsAre(0, 1, 2, 3, 4));
  role->Stop();
  Produce(1);
  role = NewRole();
  Await(6);
  EXPECT_THAT(*worked_.Lock(), ElementsAre(0, 1, 2, 3, 4, 5)) << "its own commits hold";
}

}  // namespace
}  // namespace webhook
