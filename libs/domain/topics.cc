#include "domain/topics.h"

#include <algorithm>

#include "domain/hash.h"

namespace webhook {

std::vector<TopicSpec> AllTopics(int delivery_partitions) {
  constexpr std::chrono::hours kWeek{7 * 24};
  constexpr std::chrono::hours kMonth{30 * 24};
  std::vector<TopicSpec> topics = {{kEventsTopic, std::max(delivery_partitions / 2, 1), kWeek},
                                   {kDeliveriesTopic, delivery_partitions, kWeek},
                                   {kAttemptsTopic, delivery_partitions, kWeek},
                                   {kPoisonTopic, 3, kMonth}};
  for (const WaitTier& tier : kWaitTiers)
    topics.push_back({tier.topic, std::max(delivery_partitions / 4, 1), kWeek, true});
  return topics;
}

std::int32_t DeliveryPartition(const WebhookId& webhook, std::int32_t partitions) {
  return static_cast<std::int32_t>(Hash64(webhook.view()) % static_cast<std::uint64_t>(partitions));
}

}  // namespace webhook
