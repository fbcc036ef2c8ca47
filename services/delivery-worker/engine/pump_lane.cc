#include "services/delivery-worker/engine/pump_lane.h"

#include <utility>

#include "services/delivery-worker/engine/stages.h"

namespace webhook {

void PumpLane::OnWaiting(Waiting waiting) {
  if (window_.Add(waiting.offset)) queue_.Add(std::move(waiting));
}

void PumpLane::Advance(Now now) {
  if (now.mono >= lease_.lease()) return;  // else each move by an owner that was replaced makes another copy
  while (moving_.size() < limits_.max_records) {
    auto due = queue_.TakeDue(now.wall);
    if (!due) return;
    const auto token = static_cast<Token>(due->offset);
    moving_bytes_ += due->value.size();
    moving_.emplace(token, Moving{WaitTopic(due->due, now.wall, limits_.time_scale), std::move(*due)});
    Append(token);
  }
}

void PumpLane::DoAppend(Token token) {
  const Moving& moving = moving_.at(token);
  port_.Move(token, moving.topic, moving.waiting);
}

void PumpLane::OnAcknowledged(Token token, std::int64_t, Now) {
  const auto found = moving_.find(token);
  moving_bytes_ -= found->second.waiting.value.size();
  window_.MarkDone(found->second.waiting.offset);
  moving_.erase(found);
}

}  // namespace webhook
