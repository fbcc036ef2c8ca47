#include "services/delivery-worker/adapters/delivery_partitions.h"

#include <chrono>
#include <utility>

#include "domain/topics.h"
#include "log/log.h"

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kAnswer{2'000};

}  // namespace

bool DeliveryPartitions::Learn() {
  const std::lock_guard lock(mutex_);
  if (count_ > 0) return true;
  if (!consumer_) {
    kafka::ConsumerOptions options;
    options.brokers = brokers_;
    options.client_id = "delivery-worker.topics";
    auto consumer = kafka::Consumer::Create(options, {});
    if (!consumer) return false;
    consumer_ = std::move(*consumer);
  }
  const auto count = consumer_->PartitionCount(kDeliveriesTopic, kAnswer);
  if (!count && !std::exchange(told_, true)) {
    log::Warn("topic.unknown", {{"topic", kDeliveriesTopic}, {"error", count.error().message}});
  }
  if (!count) return false;
  count_ = *count;
  consumer_.reset();
  return true;
}

}  // namespace webhook
