#include "services/delivery-worker/adapters/worker_producer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "domain/topics.h"

namespace webhook {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

struct FakeProducer : kafka::Producer {
  explicit FakeProducer(std::vector<std::string>* to, bool all_well = true) : topics(to), well(all_well) {}
  Status Enqueue(const kafka::ProducerRecord& record, Listener&) override {
    topics->emplace_back(record.topic);
    return Ok();
  }
  bool Flush(std::chrono::milliseconds) override { return well; }
  std::size_t queued() const override { return topics->size(); }
  double used() const override { return static_cast<double>(topics->size()) / 10; }
  bool connected() const override { return well; }

  std::vector<std::string>* const topics;
  const bool well;
};

struct Deaf final : kafka::Producer::Listener {
  void OnAnswer(const Result<std::int64_t>&) override {}
} listener;

TEST(WorkerProducerTest, OnlyDeliveriesGoOutAtOnce) {
  std::vector<std::string> prompt;
  std::vector<std::string> patient;
  WorkerProducer producer(std::make_unique<FakeProducer>(&prompt), std::make_unique<FakeProducer>(&patient));
  std::size_t others = 0;
  for (const TopicSpec& topic : AllTopics()) {
    ASSERT_TRUE(producer.Enqueue({topic.name, -1, "key", "value"}, listener));
    if (topic.name != kDeliveriesTopic) ++others;
  }
  EXPECT_THAT(prompt, ElementsAre(kDeliveriesTopic));
  EXPECT_EQ(patient.size(), others);
  EXPECT_THAT(patient, Contains(kAttemptsTopic));
  EXPECT_EQ(producer.queued(), others + 1);
}

TEST(WorkerProducerTest, IsFlushedAndConnectedWhereBothAre) {
  std::vector<std::string> topics;
  const auto make = [&](bool well) { return std::make_unique<FakeProducer>(&topics, well); };
  for (const auto& [prompt, patient] : {std::pair(true, false), {false, true}, {true, true}}) {
    WorkerProducer producer(make(prompt), make(patient));
    EXPECT_EQ(producer.Flush(std::chrono::milliseconds{1}), prompt && patient);
    EXPECT_EQ(producer.connected(), prompt && patient);
  }
}

}  // namespace
}  // namespace webhook
