#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "kafka/producer.h"

namespace webhook {

// The worker's appends, by who waits for them. Deliveries go out at once, or within 5 ms where there are
// many. What is recorded or set aside (attempts, wait tiers, poison) is held for up to 50 ms, so that one
// request to the broker takes many: a request carries the records of one partition only, and its cost is the
// broker's greatest (ADR 0011).
class WorkerProducer final : public kafka::Producer {
 public:
  static Result<std::unique_ptr<WorkerProducer>> Create(const kafka::Cluster& cluster);
  // `prompt` takes webhook.deliveries, `patient` all else.
  WorkerProducer(std::unique_ptr<kafka::Producer> prompt, std::unique_ptr<kafka::Producer> patient)
      : prompt_(std::move(prompt)), patient_(std::move(patient)) {}

  Status Produce(const kafka::ProducerRecord& record, OnAnswer done) override;
  bool Flush(std::chrono::milliseconds timeout) override;
  std::size_t queued() const override { return prompt_->queued() + patient_->queued(); }
  // Of the fuller one.
  double used() const override { return std::max(prompt_->used(), patient_->used()); }
  bool connected() const override { return prompt_->connected() && patient_->connected(); }

 private:
  std::unique_ptr<kafka::Producer> prompt_;
  std::unique_ptr<kafka::Producer> patient_;
};

}  // namespace webhook
