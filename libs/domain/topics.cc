#include "domain/topics.h"

#include "domain/hash.h"

namespace webhook {

std::vector<TopicSpec> AllTopics() {
  constexpr std::chrono::hours kWeek{7 * 24};
  constexpr std::chrono::hours kMonth{30 * 24};
  std::vector<TopicSpec> topics = {{kEventsTopic, 24, kWeek},
                                   {kDeliveriesTopic, 48, kWeek},
                                   {kAttemptsTopic, 48, kWeek},
                                   {kPoisonTopic, 3, kMonth}};
  for (const WaitTier& tier : kWaitTiers) topics.push_back({tier.topic, 12, kWeek, true});
  return topics;
}

std::int32_t DeliveryPartition(const WebhookId& webhook, std::int32_t partitions) {
  return static_cast<std::int32_t>(Hash64(webhook.str()) % static_cast<std::uint64_t>(partitions));
}

}  // namespace webhook
