#include "services/delivery-worker/engine/lane.h"

#include <algorithm>
#include <utility>

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kAppendRetry{500};
// At a time: while the producer's queue is full, to try all of many would only cost their encoding.
constexpr std::size_t kRetriedAtOnce = 64;

}  // namespace

bool Lane::OnPoison(std::int64_t offset) {
  if (!window_.Add(offset)) return false;
  ++effects_;
  return true;
}

void Lane::OnPoisonAppended(std::int64_t offset) {
  --effects_;
  window_.MarkDone(offset);
}

void Lane::Append(Token token) {
  ++effects_;
  DoAppend(token);
}

void Lane::OnAppended(Token token, const Appended& appended, Now now) {
  --effects_;
  if (!appended.ok) {
    next_retry_ = now.mono + kAppendRetry;
    failed_.push_back(token);
    return;
  }
  OnAcknowledged(token, appended.offset, now);
}

void Lane::OnTick(Now now) {
  if (!failed_.empty() && now.mono >= next_retry_) {
    for (std::size_t i = std::min(failed_.size(), kRetriedAtOnce); i > 0; --i) {
      const Token token = failed_.front();
      failed_.pop_front();
      Append(token);
    }
  }
  if (!draining_) Advance(now);
}

void Lane::BeginDrain(Now now) {
  if (!std::exchange(draining_, true)) Drain(now);
}

void Lane::Abandon() {
  draining_ = true;
  OnAbandoned();
}

Checkpoint Lane::checkpoint() const {
  Checkpoint checkpoint;
  Describe(&checkpoint);
  return checkpoint;
}

void Lane::Describe(Checkpoint* checkpoint) const {
  window_.Describe(checkpoint);
  checkpoint->attempts_offset = attempts_offset_;
  checkpoint->unsettled = unsettled_;
  checkpoint->settled = draining_ && idle() && Settles();
}

}  // namespace webhook
