#pragma once

#include <memory>

#include "kafka/producer_pair.h"

namespace webhook {

// The worker's appends, by who waits for them. Deliveries go out at once, or within 5 ms where there are
// many. What is recorded or set aside (attempts, wait tiers, poison) is held for up to 50 ms, so that one
// request to the broker takes many: a request carries the records of one partition only, and its cost is the
// broker's greatest (ADR 0011). That is three of librdkafka's producers, for the first kind is an
// AdaptiveProducer, and each has the bounds of ProducerOptions for itself.
class WorkerProducer final : public kafka::ProducerPair {
 public:
  static Result<std::unique_ptr<WorkerProducer>> Create(const kafka::Cluster& cluster);
  // The first takes webhook.deliveries, the second all else.
  using ProducerPair::ProducerPair;

  Status Enqueue(const kafka::ProducerRecord& record, Listener& listener) override;
};

}  // namespace webhook
