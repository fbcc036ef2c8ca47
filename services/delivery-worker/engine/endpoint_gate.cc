#include "services/delivery-worker/engine/endpoint_gate.h"

#include <algorithm>

namespace webhook {
namespace {

constexpr std::chrono::minutes kFailuresRemembered{10};
// What waits for a dead endpoint goes round in the wait tiers no faster, however many it is.
constexpr std::chrono::milliseconds kProbingPace{100};

}  // namespace

bool EndpointGate::Offer(Token token, MonoTime ready, std::size_t bytes, MonoTime now) {
  const bool first = waiting_.empty() && in_flight_ == 0;  // one is always let in, however large
  const bool room =
      waiting_.size() < limits_.max_waiting && waiting_bytes_ + bytes <= limits_.max_waiting_bytes;
  if (!first && (!room || Probing())) return false;
  const MonoTime turn = std::max(ready, rate_.NextFree(now, waiting_.size()));
  if (turn > now + limits_.max_wait) return false;
  PutBack(token, ready, bytes);
  return true;
}

void EndpointGate::PutBack(Token token, MonoTime ready, std::size_t bytes) {
  waiting_.emplace(std::pair{ready, token}, bytes);
  waiting_bytes_ += bytes;
}

void EndpointGate::Withdraw(Token token, MonoTime ready) {
  const auto found = waiting_.find({ready, token});
  if (found == waiting_.end()) return;
  waiting_bytes_ -= found->second;
  waiting_.erase(found);
}

std::optional<Token> EndpointGate::TakeNext(MonoTime now) {
  if (waiting_.empty() || in_flight_ >= MaxInFlight()) return std::nullopt;
  const auto head = waiting_.begin();
  if (head->first.first > now || rate_.NextFree(now) > now) return std::nullopt;
  const Token token = head->first.second;
  waiting_bytes_ -= head->second;
  waiting_.erase(head);
  return token;
}

void EndpointGate::Started(MonoTime now) {
  ++in_flight_;
  rate_.Count(now);
}

void EndpointGate::Finished(std::optional<bool> success, MonoTime now) {
  --in_flight_;
  if (success) straight_failures_ = *success ? 0 : straight_failures_ + 1;
  last_finished_ = now;
}

std::optional<MonoTime> EndpointGate::WakeAt(MonoTime now) const {
  if (waiting_.empty() || in_flight_ >= MaxInFlight()) return std::nullopt;
  return std::max(waiting_.begin()->first.first, rate_.NextFree(now));
}

MonoTime EndpointGate::ReserveSlot(MonoTime now) {
  const MonoTime own = rate_.NextFree(now, waiting_.size());
  const auto pace =
      Probing() ? std::max<std::chrono::microseconds>(rate_.Pace(), kProbingPace) : rate_.Pace();
  last_slot_ = std::max(own, last_slot_ + pace);
  return last_slot_;
}

bool EndpointGate::Idle(MonoTime now) const {
  const bool forgiven = straight_failures_ == 0 || last_finished_ + kFailuresRemembered < now;
  return waiting_.empty() && in_flight_ == 0 && forgiven && last_slot_ <= now && rate_.Empty(now);
}

}  // namespace webhook
