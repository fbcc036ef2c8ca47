#include "services/delivery-worker/engine/pump_lane.h"

#include <algorithm>
#include <utility>

#include "domain/retry_schedule.h"
#include "services/delivery-worker/engine/stages.h"

namespace webhook {

PumpLane::PumpLane(std::string_view topic, const Checkpoint& from, const PumpLimits& limits, MovePort& port,
                   const LeasePort& lease)
    : Lane(from), limits_(limits), delay_(TierDelay(topic, limits.time_scale)), port_(port), lease_(lease) {}

void PumpLane::OnWaiting(const Delivery& delivery, std::int64_t offset, WallTime appended, std::string value,
                         Now now) {
  if (!window_.Add(offset)) return;
  const WallTime release = std::min(appended, now.wall) + delay_;
  WallTime due = std::min<WallTime>(delivery.due_at.value_or(release), delivery.created_at + limits_.max_age);
  // Later than any pause: a slot behind very many, or a mistake. Its lane judges anew.
  if (due > now.wall + kMaxRetryPause) due = release;
  queue_.Add(
      {offset, now.mono + (release - now.wall), due, delivery.webhook_id, delivery.id, std::move(value)});
}

void PumpLane::Advance(Now now) {
  if (now.mono >= lease_.lease())
    return;  // else each move by an owner that was replaced makes another duplicate
  while (moving_.size() < limits_.max_records) {
    auto due = queue_.TakeDue(now.mono);
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
