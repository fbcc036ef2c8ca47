#include "kafka/adaptive_producer.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace webhook::kafka {
namespace {

// Takes records, and acknowledges them when it is told.
struct FakeProducer : Producer {
  explicit FakeProducer(std::size_t* count, bool all_well = true) : queued_(count), well(all_well) {}
  Status Enqueue(const ProducerRecord&, Listener&) override {
    ++*queued_;
    return Ok();
  }
  bool Flush(std::chrono::milliseconds) override { return well; }
  std::size_t queued() const override { return *queued_; }
  double used() const override { return static_cast<double>(*queued_) / 10; }
  bool connected() const override { return well; }

  std::size_t* const queued_;
  const bool well;
};

struct AdaptiveProducerTest : ::testing::Test {
  struct Deaf final : Producer::Listener {
    void OnAnswer(const Result<std::int64_t>&) override {}
  } listener;

  Status Send() { return producer.Enqueue({"topic", -1, "key", "value"}, listener); }
  std::size_t prompt = 0;
  std::size_t gathering = 0;
  AdaptiveProducer producer{std::make_unique<FakeProducer>(&prompt),
                            std::make_unique<FakeProducer>(&gathering)};
};

TEST_F(AdaptiveProducerTest, AFewGoOutAtOnceAndTheRestWaitsForCompany) {
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Send());
  EXPECT_EQ(prompt, 4U);
  EXPECT_EQ(gathering, 96U);
  EXPECT_EQ(producer.queued(), 100U);
  EXPECT_EQ(producer.used(), 9.6);
}

TEST_F(AdaptiveProducerTest, WhatIsAcknowledgedMakesRoom) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(Send());
    prompt = 0;
  }
  EXPECT_EQ(gathering, 0U);
}

// Requests of one record each would only wear out the broker.
TEST_F(AdaptiveProducerTest, WhileSomeWaitForCompanyNobodyGoesAlone) {
  gathering = 4;
  ASSERT_TRUE(Send());
  EXPECT_EQ(prompt, 0U);
  gathering = 3;
  ASSERT_TRUE(Send());
  EXPECT_EQ(prompt, 1U);
}

TEST_F(AdaptiveProducerTest, IsConnectedAndFlushedWhereBothAre) {
  EXPECT_TRUE(producer.connected());
  EXPECT_TRUE(producer.Flush(std::chrono::milliseconds{1}));
  const AdaptiveProducer ill(std::make_unique<FakeProducer>(&prompt, false),
                             std::make_unique<FakeProducer>(&gathering));
  EXPECT_FALSE(ill.connected());
  AdaptiveProducer slow(std::make_unique<FakeProducer>(&prompt),
                        std::make_unique<FakeProducer>(&gathering, false));
  EXPECT_FALSE(slow.Flush(std::chrono::milliseconds{1}));
}

}  // namespace
}  // namespace webhook::kafka
