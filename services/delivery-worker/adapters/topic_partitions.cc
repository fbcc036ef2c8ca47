#include "services/delivery-worker/adapters/topic_partitions.h"

#include <chrono>
#include <utility>

#include "domain/topics.h"
#include "log/log.h"

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kAnswer{2'000};

}  // namespace

bool TopicPartitions::Learn() {
  const std::lock_guard lock(mutex_);
  if (events_ > 0 && deliveries_ > 0) return true;
  if (!consumer_) {
    kafka::ConsumerOptions options;
    options.cluster = cluster_;
    options.client_id = "delivery-worker.topics";
    auto consumer = kafka::Consumer::Create(options, {});
    if (!consumer) return false;
    consumer_ = std::move(*consumer);
  }
  if (events_ == 0) events_ = Ask(kEventsTopic);
  if (events_ > 0) deliveries_ = Ask(kDeliveriesTopic);
  if (deliveries_ == 0) return false;
  consumer_.reset();
  return true;
}

std::int32_t TopicPartitions::Ask(const char* topic) {
  const auto count = consumer_->PartitionCount(topic, kAnswer);
  if (count) return *count;
  if (!std::exchange(told_, true))
    log::Warn("topic.unknown", {{"topic", topic}, {"error", count.error().message}});
  return 0;
}

}  // namespace webhook
