#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

#include "kafka/producer.h"

namespace webhook::kafka {

// Two producers behind one: each of its kinds says in Enqueue() which of the two takes a record. It is
// connected and flushed where both are. Thread: as Producer.
class ProducerPair : public Producer {
 public:
  ProducerPair(std::unique_ptr<Producer> first, std::unique_ptr<Producer> second)
      : first_(std::move(first)), second_(std::move(second)) {}

  bool Flush(std::chrono::milliseconds timeout) final;
  std::size_t queued() const final { return first_->queued() + second_->queued(); }
  // Of the fuller one.
  double used() const final { return std::max(first_->used(), second_->used()); }
  bool connected() const final { return first_->connected() && second_->connected(); }

 protected:
  Producer& first() { return *first_; }
  Producer& second() { return *second_; }

 private:
  const std::unique_ptr<Producer> first_;
  const std::unique_ptr<Producer> second_;
};

}  // namespace webhook::kafka
