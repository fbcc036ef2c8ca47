#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "kafka/consumer.h"

namespace webhook {

// How many partitions webhook.deliveries has: asked of the broker once, for it is fixed for the life of a
// cluster. From any thread.
class DeliveryPartitions {
 public:
  explicit DeliveryPartitions(std::string brokers) : brokers_(std::move(brokers)) {}

  // Asks, for 2 s at most, while it is not known. True: count() is.
  bool Learn();
  std::int32_t count() const { return count_.load(); }

 private:
  const std::string brokers_;
  std::mutex mutex_;
  std::unique_ptr<kafka::Consumer> consumer_;  // until it is known
  bool told_ = false;                          // that it is not
  std::atomic<std::int32_t> count_{0};
};

}  // namespace webhook
