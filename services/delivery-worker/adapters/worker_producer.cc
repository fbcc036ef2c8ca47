#include "services/delivery-worker/adapters/worker_producer.h"

#include <chrono>
#include <utility>

#include "domain/topics.h"
#include "kafka/adaptive_producer.h"

namespace webhook {
namespace {

// A worker outlives a broker's restart: its records are repeated anyway, so they may wait long.
constexpr std::chrono::milliseconds kMessageTimeout{120'000};
constexpr std::chrono::milliseconds kPrompt{5};
constexpr std::chrono::milliseconds kPatient{50};

}  // namespace

Result<std::unique_ptr<WorkerProducer>> WorkerProducer::Create(const kafka::Cluster& cluster) {
  kafka::ProducerOptions options;
  options.cluster = cluster;
  options.client_id = "delivery-worker";
  options.message_timeout = kMessageTimeout;
  options.linger = kPrompt;
  auto prompt = kafka::AdaptiveProducer::Create(options);
  if (!prompt) return prompt.error();
  options.linger = kPatient;
  auto patient = kafka::Producer::Create(options);
  if (!patient) return patient.error();
  return std::make_unique<WorkerProducer>(std::move(*prompt), std::move(*patient));
}

Status WorkerProducer::Enqueue(const kafka::ProducerRecord& record, Listener& listener) {
  kafka::Producer& producer = record.topic == kDeliveriesTopic ? first() : second();
  return producer.Enqueue(record, listener);
}

}  // namespace webhook
