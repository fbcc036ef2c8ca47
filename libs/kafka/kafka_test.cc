#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "kafka/consumer.h"
#include "kafka/internal/error_counts.h"
#include "kafka/internal/membership.h"
#include "kafka/producer.h"
#include "metrics/families.h"

// What holds without a broker; the rest is in tests/integration/kafka_integration_test.cc.
namespace webhook::kafka {
namespace {

using ::testing::HasSubstr;

ProducerOptions Unreachable() {
  ProducerOptions options;
  options.cluster.brokers = "127.0.0.1:1";
  options.client_id = "test";
  return options;
}

TEST(Producer, FailsUnacknowledgedRecordsToTheirCallbacksWhenItGoes) {
  std::atomic<int> failed{0};
  {
    auto producer = Producer::Create(Unreachable());
    ASSERT_TRUE(producer);
    for (int i = 0; i < 3; ++i) {
      const Status produced =
          (*producer)->Produce({"topic", 0, "key", "value"},
                               [&](const Result<std::int64_t>& offset) { failed += offset.ok() ? 100 : 1; });
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
  const auto produce = [&] { return (*producer)->Produce({"topic", 0, "", "value"}, [](const auto&) {}); };
  ASSERT_TRUE(produce());
  ASSERT_TRUE(produce());
  const Status refused = produce();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimited);
}

TEST(Producer, TellsHowFullItIsByTheBoundThatIsNearer) {
  ProducerOptions options = Unreachable();
  options.max_queued_records = 100;
  options.max_queued_bytes = 64 << 10;
  auto producer = Producer::Create(options);
  ASSERT_TRUE(producer);
  const auto produce = [&](const std::string& value) {
    return (*producer)->Produce({"topic", 0, "key", value}, [](const auto&) {});
  };
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(produce(""));
  EXPECT_DOUBLE_EQ((*producer)->used(), 0.1);
  const std::string large(16 << 10, 'x');
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(produce(large));
  EXPECT_DOUBLE_EQ((*producer)->used(), 0.75);
  ASSERT_TRUE(produce(large));
  ASSERT_FALSE(produce(large)) << "librdkafka counts the same bytes";
  EXPECT_DOUBLE_EQ((*producer)->used(), 1) << "what is refused is not counted";
}

TEST(Producer, CountsWhatItRefusesAndNotWhatItsEndMakesFail) {
  metrics::Registry registry;
  ProducerOptions options = Unreachable();
  options.cluster = Counted(options.cluster, registry);
  options.max_queued_records = 1;
  {
    auto producer = Producer::Create(options);
    ASSERT_TRUE(producer);
    for (int i = 0; i < 3; ++i)
      static_cast<void>((*producer)->Produce({"topic", 0, "", "value"}, [](const auto&) {}));
  }
  const std::string text = registry.Render();
  EXPECT_THAT(text, HasSubstr("webhook_kafka_errors_total{error=\"queue_full\",op=\"produce\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("webhook_kafka_errors_total{error=\"other\",op=\"produce\"} 0\n"));
}

TEST(ErrorClass, IsAlwaysOneThatTheFamilyNames) {
  const rd_kafka_err_desc* known = nullptr;
  std::size_t count = 0;
  rd_kafka_get_err_descs(&known, &count);
  const std::vector<std::string> named = metrics::ValuesOf(metrics::kKafkaErrors.labels[1]);
  std::set<std::string> used;
  for (std::size_t i = 0; i < count; ++i) used.emplace(ErrorClass(known[i].code));
  EXPECT_EQ(used, std::set<std::string>(named.begin(), named.end()));
}

TEST(ErrorClass, TellsApartWhatIsMendedInDifferentWays) {
  EXPECT_EQ(ErrorClass(RD_KAFKA_RESP_ERR__TRANSPORT), "unreachable");
  EXPECT_EQ(ErrorClass(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN), "all_down");
  EXPECT_EQ(ErrorClass(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT), "timeout");
  EXPECT_EQ(ErrorClass(RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED), "authentication");
  EXPECT_EQ(ErrorClass(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED), "authorization");
  EXPECT_EQ(ErrorClass(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART), "topic");
  EXPECT_EQ(ErrorClass(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS), "replicas");
  EXPECT_EQ(ErrorClass(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION), "membership");
}

TEST(Producer, RefusesARecordThatIsTooLarge) {
  auto producer = Producer::Create(Unreachable());
  ASSERT_TRUE(producer);
  const std::string value(3u << 20, 'x');
  const Status refused = (*producer)->Produce({"topic", 0, "", value}, [](const auto&) {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
}

TEST(Producer, TellsThatItsSettingsCannotBeUsed) {
  ProducerOptions options = Unreachable();
  options.cluster.security_protocol = "ssl";
  options.cluster.ca_file = "/does/not/exist.pem";
  EXPECT_FALSE(Producer::Create(options));
}

MonoTime At(int second) {
  return MonoTime(std::chrono::seconds(second));
}

TEST(Membership, IsConfirmedByTheNewestAcknowledgedCommitMadeWhilePartitionsAreHeld) {
  Membership membership;
  membership.Acknowledge(At(1), false);
  EXPECT_EQ(membership.confirmed(), std::nullopt) << "nothing is held";
  membership.Begin(At(2));
  membership.Acknowledge(At(1), false);
  EXPECT_EQ(membership.confirmed(), std::nullopt) << "made before";
  membership.Acknowledge(At(5), false);
  membership.Acknowledge(At(4), false);
  EXPECT_EQ(membership.confirmed(), At(5)) << "answers may come in any order";
}

TEST(Membership, IsNotConfirmedByCommitsFromBeforePartitionsWereLost) {
  Membership membership;
  membership.Begin(At(1));
  membership.Acknowledge(At(2), false);
  membership.Acknowledge(At(3), true);
  membership.End();
  membership.Acknowledge(At(4), false);
  membership.Begin(At(6));
  membership.Acknowledge(At(5), false);
  EXPECT_EQ(membership.confirmed(), At(2));
  membership.Acknowledge(At(7), false);
  EXPECT_EQ(membership.confirmed(), At(7));
}

}  // namespace
}  // namespace webhook::kafka
