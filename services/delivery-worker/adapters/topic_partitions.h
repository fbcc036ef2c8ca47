#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "kafka/consumer.h"

namespace webhook {

// How many partitions webhook.events and webhook.deliveries have: asked of the broker once. Those of the
// deliveries are fixed for the life of a cluster. From any thread.
class TopicPartitions {
 public:
  explicit TopicPartitions(kafka::Cluster cluster) : cluster_(std::move(cluster)) {}

  // Asks, for a few seconds at most, while they are not known. True: they are.
  bool Learn();
  std::int32_t events() const { return events_.load(); }
  std::int32_t deliveries() const { return deliveries_.load(); }

 private:
  // 0: the broker does not tell.
  std::int32_t Ask(const char* topic);

  const kafka::Cluster cluster_;
  std::mutex mutex_;
  std::unique_ptr<kafka::Consumer> consumer_;  // until they are known
  bool told_ = false;                          // it was logged that the broker does not tell
  std::atomic<std::int32_t> events_{0};
  std::atomic<std::int32_t> deliveries_{0};
};

}  // namespace webhook
