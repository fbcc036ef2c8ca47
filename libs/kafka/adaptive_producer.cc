#include "kafka/adaptive_producer.h"

#include <chrono>
#include <cstddef>
#include <utility>

namespace webhook::kafka {
namespace {

// Unacknowledged at once, of both kinds. With a round trip of a millisecond that is thousands a second; where
// the broker is busy, its answers take longer, and it gets fewer of them.
constexpr std::size_t kFew = 4;

}  // namespace

Result<std::unique_ptr<Producer>> AdaptiveProducer::Create(ProducerOptions options) {
  auto gathering = Producer::Create(options);
  if (!gathering) return gathering.error();
  options.linger = std::chrono::milliseconds{0};
  auto prompt = Producer::Create(options);
  if (!prompt) return prompt.error();
  return std::unique_ptr<Producer>(
      std::make_unique<AdaptiveProducer>(std::move(*prompt), std::move(*gathering)));
}

Status AdaptiveProducer::Enqueue(const ProducerRecord& record, Listener& listener) {
  return (queued() < kFew ? first() : second()).Enqueue(record, listener);
}

}  // namespace webhook::kafka
