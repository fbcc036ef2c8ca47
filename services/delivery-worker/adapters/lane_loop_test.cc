#include "services/delivery-worker/adapters/lane_loop.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "domain/topics.h"
#include "metrics/metrics.h"
#include "services/delivery-worker/adapters/pump_runner.h"

namespace webhook {
namespace {

struct NoProducer : kafka::Producer {
  Status Enqueue(const kafka::ProducerRecord&, Listener&) override { return Ok(); }
  bool Flush(std::chrono::milliseconds) override { return true; }
  std::size_t queued() const override { return 0; }
  double used() const override { return 0; }
  bool connected() const override { return true; }
};
struct Leased : LeasePort {
  MonoTime lease() const override { return MonoTime::max(); }
};

struct LeastLadenTest : ::testing::Test {
  LeastLadenTest() {
    for (const char* name : {"a", "b", "c"}) loops.push_back(std::make_unique<LaneLoop>(name));
  }
  // As a role does that is given the partition.
  std::shared_ptr<PartitionRunner> Assign(std::int32_t partition) {
    LaneLoop& loop = LeastLaden(loops);
    auto runner =
        std::make_shared<PumpRunner>(kafka::TopicPartition{kWaitTiers[0].topic, partition}, Checkpoint{},
                                     PartitionRunner::Parts{loop, producer, metrics}, PumpContext{}, lease);
    runner->Attach();
    return runner;
  }
  std::multiset<std::size_t> Carried() const {
    std::multiset<std::size_t> carried;
    for (const auto& loop : loops) carried.insert(loop->carried());
    return carried;
  }

  metrics::Registry registry;
  WorkerMetrics metrics{registry};
  NoProducer producer;
  Leased lease;
  std::vector<std::unique_ptr<LaneLoop>> loops;
};

TEST_F(LeastLadenTest, EachThreadGetsItsShareWhicheverPartitionsComeToTheWorker) {
  for (const std::int32_t partition : {0, 3, 6, 9, 12, 15, 18}) Assign(partition);  // every third
  EXPECT_EQ(Carried(), (std::multiset<std::size_t>{2, 2, 3}));
}

TEST_F(LeastLadenTest, TheThreadThatHasLostPartitionsGetsTheNext) {
  std::vector<std::shared_ptr<PartitionRunner>> runners;
  for (std::int32_t partition = 0; partition < 6; ++partition) runners.push_back(Assign(partition));
  runners[1]->Detach();
  runners[4]->Detach();
  EXPECT_EQ(Carried(), (std::multiset<std::size_t>{0, 2, 2}));
  Assign(7);
  Assign(8);
  EXPECT_EQ(Carried(), (std::multiset<std::size_t>{2, 2, 2}));
}

}  // namespace
}  // namespace webhook
