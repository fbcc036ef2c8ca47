#include "kafka/adaptive_producer.h"

#include <chrono>
#include <utility>

namespace webhook::kafka {

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
