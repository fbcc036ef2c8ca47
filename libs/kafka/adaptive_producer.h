#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

#include "kafka/producer.h"

namespace webhook::kafka {

// Quick while there is little to do, and thrifty while there is much: as long as few records are
// unacknowledged, each goes out at once, in a request of its own; what comes meanwhile waits for company, for
// no longer than the linger. A request carries the records of one partition only and costs the broker more
// than they do, so the first kind alone would wear it out (ADR 0022). Records of the two kinds may overtake
// each other: nobody may need an order of what is under way at the same time. Thread: as Producer.
class AdaptiveProducer final : public Producer {
 public:
  // options.linger: of the second kind; the bounds of the queue hold for each.
  static Result<std::unique_ptr<Producer>> Create(ProducerOptions options);
  AdaptiveProducer(std::unique_ptr<Producer> prompt, std::unique_ptr<Producer> gathering)
      : prompt_(std::move(prompt)), gathering_(std::move(gathering)) {}

  Status Produce(const ProducerRecord& record, OnAnswer done) override;
  bool Flush(std::chrono::milliseconds timeout) override;
  std::size_t queued() const override { return prompt_->queued() + gathering_->queued(); }
  // Of the fuller one.
  double used() const override { return std::max(prompt_->used(), gathering_->used()); }
  bool connected() const override { return prompt_->connected() && gathering_->connected(); }

 private:
  std::unique_ptr<Producer> prompt_;
  std::unique_ptr<Producer> gathering_;
};

}  // namespace webhook::kafka
