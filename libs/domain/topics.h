#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/ids.h"

namespace webhook {

// The platform's Kafka topics; sizes and retention are in AllTopics().
// Key: event id, so that repeats of a publish meet in one partition.
inline constexpr char kEventsTopic[] = "webhook.events";
// Partition: DeliveryPartition(webhook). Key: delivery id.
inline constexpr char kDeliveriesTopic[] = "webhook.deliveries";
// Partition: that of the delivery. Key: delivery id.
inline constexpr char kAttemptsTopic[] = "webhook.attempts";
// Key: none, or that of the record.
inline constexpr char kPoisonTopic[] = "webhook.poison";

inline constexpr char kFanoutGroup[] = "delivery-worker.fanout";
inline constexpr char kDeliverGroup[] = "delivery-worker.deliver";
inline constexpr char kPumpGroup[] = "delivery-worker.pump";

// A wait tier releases its records in append order, this long after the broker appended them. Key: delivery
// id. Ascending: WaitTopic() and whoever takes the shortest rely on it.
struct WaitTier {
  const char* topic;
  std::chrono::seconds delay;
};
inline constexpr std::array<WaitTier, 5> kWaitTiers = {{
    {"webhook.wait.15s", std::chrono::seconds{15}},
    {"webhook.wait.60s", std::chrono::seconds{60}},
    {"webhook.wait.300s", std::chrono::seconds{300}},
    {"webhook.wait.900s", std::chrono::seconds{900}},
    {"webhook.wait.3600s", std::chrono::seconds{3600}},
}};

struct TopicSpec {
  std::string name;
  int partitions = 0;
  std::chrono::hours retention{};
  bool append_time = false;  // message.timestamp.type=LogAppendTime: the pump counts from the broker's clock
};
// Of webhook.deliveries, where an install does not choose. One thread at a time works at a partition: so many
// threads can deliver, of all workers together, each of which has as many as its deliver-threads says. The
// number can never be changed: choose four for each thread that is foreseen, so that none has much more than
// another. Each costs requests to the broker, for a request appends to one partition only: a small install
// takes fewer (ADR 0011).
inline constexpr int kDeliveryPartitions = 48;
inline constexpr int kMostDeliveryPartitions = 1'000;
// All topics, as `webhookctl topics create` makes them. webhook.attempts has as many partitions as
// webhook.deliveries, webhook.events half as many, and each wait tier a quarter.
std::vector<TopicSpec> AllTopics(int delivery_partitions = kDeliveryPartitions);

// The owner of an endpoint: xxh64(webhook id) % partitions. Fixed for the life of a cluster.
std::int32_t DeliveryPartition(const WebhookId& webhook, std::int32_t partitions);

}  // namespace webhook
