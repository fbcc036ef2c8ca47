#include "services/registry/api/operations/platform_handlers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "domain/topics.h"

namespace webhook {
namespace {

using nlohmann::ordered_json;
using std::chrono::seconds;

const Error kNoKafka{ErrorCode::kUnavailable, "kafka_unavailable", "no broker"};
const Error kNoPostgres{ErrorCode::kUnavailable, "database_unavailable", "no answer"};

// One partition of each topic with 10 records, 4 of them read.
kafka::ClusterState Cluster() {
  kafka::ClusterState cluster;
  const auto add = [&](const char* topic, const char* group) {
    cluster.partitions[{topic, 0}] = {0, 10};
    if (group != nullptr) cluster.groups[group].committed[{topic, 0}] = 4;
  };
  add(kEventsTopic, kFanoutGroup);
  add(kDeliveriesTopic, kDeliverGroup);
  add(kAttemptsTopic, nullptr);
  add(kPoisonTopic, nullptr);
  for (const WaitTier& tier : kWaitTiers) add(tier.topic, kPumpGroup);
  cluster.groups[kPumpGroup].members = {
      {"delivery-worker.w-1",
       "h",
       {{"webhook.wait.60s", 0}, {"webhook.wait.300s", 0}, {"webhook.wait.15s", 0}}}};
  return cluster;
}

PlatformState Whole() {
  const WallTime at(seconds(1'700'000'000));
  return {at,
          Cluster(),
          std::map<kafka::TopicPartition, std::int64_t>{{{kAttemptsTopic, 0}, 9}},
          store::Overdue{3, at, DeliveryId("delivery_1"), AccountId("account_1")},
          std::vector<store::FailingHost>{{"a.example.com", 2, 1, at}},
          std::vector<store::Instance>{{"delivery-worker", "w-1", "1", at, at}}};
}

std::vector<std::string> Missing(const ordered_json& json) {
  std::vector<std::string> parts;
  for (const auto& part : json.at("missing"))
    parts.push_back(part.at("part").get<std::string>() + " " + part.at("code").get<std::string>());
  return parts;
}

TEST(Platform, IsToldWhole) {
  const ordered_json json = ToJson(Whole());
  EXPECT_THAT(Missing(json), ::testing::IsEmpty());
  EXPECT_EQ(
      json["backlog"].dump(),
      R"({"events":{"records":6},"deliveries":{"records":6},"attempts":{"records":1},"waiting":{"records":30}})");
  EXPECT_EQ(json["poison"].dump(), R"({"records":10})");
  EXPECT_EQ(json["overdue"]["oldest_delivery_id"], "delivery_1");
  EXPECT_EQ(json["instances"][0]["version"], "1");
  std::vector<std::string> tiers;
  for (const auto& tier : json["instances"][0]["partitions"]["wait"]) tiers.push_back(tier["topic"]);
  EXPECT_THAT(tiers, ::testing::ElementsAre("webhook.wait.15s", "webhook.wait.60s", "webhook.wait.300s"));
  EXPECT_EQ(json["version_skew"], false);
}

TEST(Platform, WithoutKafkaTellsWhatPostgresKnows) {
  PlatformState state = Whole();
  state.cluster = kNoKafka;
  const ordered_json json = ToJson(state);
  EXPECT_THAT(Missing(json), ::testing::ElementsAre("backlog kafka_unavailable", "poison kafka_unavailable",
                                                    "instances.partitions kafka_unavailable"));
  EXPECT_TRUE(json["backlog"].is_null());
  EXPECT_TRUE(json["poison"].is_null());
  EXPECT_EQ(json["instances"][0]["instance"], "w-1");
  EXPECT_TRUE(json["instances"][0]["partitions"].is_null());
  EXPECT_EQ(json["overdue"]["deliveries"], 3);
  EXPECT_EQ(json["missing"][0]["detail"], "no broker");
}

TEST(Platform, WithoutPostgresTellsWhatKafkaKnows) {
  PlatformState state = Whole();
  state.log_offsets = kNoPostgres;
  state.overdue = kNoPostgres;
  state.failing_hosts = kNoPostgres;
  state.instances = kNoPostgres;
  const ordered_json json = ToJson(state);
  EXPECT_THAT(
      Missing(json),
      ::testing::ElementsAre("backlog.attempts database_unavailable", "overdue database_unavailable",
                             "failing_hosts database_unavailable", "instances.versions database_unavailable",
                             "versions database_unavailable", "version_skew database_unavailable"));
  EXPECT_EQ(json["backlog"]["events"]["records"], 6);
  EXPECT_TRUE(json["backlog"]["attempts"].is_null());
  // Of the processes Kafka knows those that have partitions.
  EXPECT_EQ(json["instances"][0]["instance"], "w-1");
  EXPECT_TRUE(json["instances"][0]["version"].is_null());
  EXPECT_TRUE(json["versions"].is_null());
  EXPECT_TRUE(json["version_skew"].is_null());
}

}  // namespace
}  // namespace webhook
