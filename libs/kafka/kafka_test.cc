#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "kafka/consumer.h"
#include "kafka/producer.h"

// What holds without a broker; the rest is in tests/integration/kafka_test.cc.
namespace webhook::kafka {
namespace {

ProducerOptions Unreachable() {
  ProducerOptions options;
  options.brokers = "127.0.0.1:1";
  options.client_id = "test";
  return options;
}

TEST(Producer, FailsUnacknowledgedRecordsToTheirCallbacksWhenItGoes) {
  std::atomic<int> failed{0};
  {
    auto producer = Producer::Create(Unreachable());
    ASSERT_TRUE(producer);
    for (int i = 0; i < 3; ++i) {
      const Status produced = (*producer)->Produce(
          {"topic", 0, "key", "value"}, [&](const Status& status) { failed += status.ok() ? 100 : 1; });
      ASSERT_TRUE(produced);
    }
    EXPECT_EQ((*producer)->queued(), 3u);
  }
  EXPECT_EQ(failed, 3);
}

TEST(Producer, RefusesWhatItsQueueCannotHold) {
  ProducerOptions options = Unreachable();
  options.max_queued_records = 2;
  auto producer = Producer::Create(options);
  ASSERT_TRUE(producer);
  const auto produce = [&] { return (*producer)->Produce({"topic", 0, "", "value"}, [](const Status&) {}); };
  ASSERT_TRUE(produce());
  ASSERT_TRUE(produce());
  const Status refused = produce();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimited);
}

TEST(Producer, RefusesARecordThatIsTooLarge) {
  auto producer = Producer::Create(Unreachable());
  ASSERT_TRUE(producer);
  const std::string value(3u << 20, 'x');
  const Status refused = (*producer)->Produce({"topic", 0, "", value}, [](const Status&) {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace webhook::kafka
