#include "services/delivery-worker/engine/pump_queue.h"

#include <utility>

namespace webhook {

void PumpQueue::Add(Waiting waiting) {
  bytes_ += waiting.value.size();
  waiting_.push_back(std::move(waiting));
}

std::optional<Waiting> PumpQueue::TakeDue(MonoTime now) {
  if (waiting_.empty() || waiting_.front().release > now) return std::nullopt;
  Waiting head = std::move(waiting_.front());
  waiting_.pop_front();
  bytes_ -= head.value.size();
  return head;
}

std::optional<MonoTime> PumpQueue::next_release() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.front().release;
}

}  // namespace webhook
