#include "services/delivery-worker/engine/endpoint_gate.h"

#include <algorithm>
#include <iterator>

namespace webhook {
namespace {

constexpr std::chrono::minutes kFailuresRemembered{10};
// What waits for a dead endpoint goes round in the wait tiers no faster, however many it is.
constexpr std::chrono::milliseconds kProbingPace{100};

}  // namespace

bool EndpointGate::Offer(const Place& place, std::size_t bytes, MonoTime now) {
  const bool first = waiting_.empty() && in_flight_ == 0;  // one is always let in, however large
  // Replays leave half of the room to what is live.
  const std::size_t share = place.replay ? 2 : 1;
  const bool room = waiting_.size() < limits_.max_waiting / share &&
                    waiting_bytes_ + bytes <= limits_.max_waiting_bytes / share;
  if (!first && (!room || Probing())) return false;
  const MonoTime turn = std::max(place.ready, rate_.NextFree(now, waiting_.size()));
  if (turn > now + limits_.max_wait) return false;
  PutBack(place, bytes);
  return true;
}

void EndpointGate::PutBack(const Place& place, std::size_t bytes) {
  waiting_.emplace(place, bytes);
  waiting_bytes_ += bytes;
}

void EndpointGate::Withdraw(const Place& place) {
  const auto found = waiting_.find(place);
  if (found == waiting_.end()) return;
  waiting_bytes_ -= found->second;
  waiting_.erase(found);
}

int EndpointGate::Unrecorded(MonoTime now) const {
  const auto over = std::upper_bound(untold_.begin(), untold_.end(), now) - untold_.begin();
  return unrecorded_ - static_cast<int>(over);
}

bool EndpointGate::HasFreePlace(MonoTime now) const {
  if (in_flight_ >= (Probing() ? 1 : limits_.max_in_flight)) return false;
  return !rate_.limited() || Unrecorded(now) < limits_.max_unrecorded;
}

std::optional<EndpointGate::Place> EndpointGate::Head(MonoTime now) const {
  if (waiting_.empty()) return std::nullopt;
  const Place& first = waiting_.begin()->first;
  if (first.replay || first.ready <= now) return first;
  const auto replay = waiting_.lower_bound(Place{true, MonoTime::min(), 0});
  const bool replay_is_sooner = replay != waiting_.end() && replay->first.ready < first.ready;
  return replay_is_sooner ? replay->first : first;
}

std::optional<Token> EndpointGate::TakeNext(MonoTime now) {
  while (!untold_.empty() && untold_.front() <= now) {
    untold_.pop_front();
    --unrecorded_;
  }
  if (!HasFreePlace(now)) return std::nullopt;
  const std::optional<Place> head = Head(now);
  if (!head || head->ready > now || rate_.NextFree(now) > now) return std::nullopt;
  Withdraw(*head);
  return head->token;
}

void EndpointGate::Started() {
  ++in_flight_;
  ++unrecorded_;
  rate_.Admit();
}

void EndpointGate::Finished(bool written, std::optional<bool> success, MonoTime now) {
  --in_flight_;
  // A connection that the endpoint refuses is a load on it as well.
  if (written || success) {
    rate_.Ended(now);
  } else {
    rate_.Dropped();
  }
  if (!success && written) untold_.push_back(now + kLongestRateWindow);
  if (!success && !written) --unrecorded_;
  if (success) straight_failures_ = *success ? 0 : straight_failures_ + 1;
  last_finished_ = now;
}

std::optional<MonoTime> EndpointGate::WakeAt(MonoTime now) const {
  const std::optional<Place> head = Head(now);
  if (!head) return std::nullopt;
  if (HasFreePlace(now)) return std::max(head->ready, rate_.NextFree(now));
  const bool told_too_little = !untold_.empty() && in_flight_ == 0;
  return told_too_little ? std::optional(std::max(head->ready, untold_.front())) : std::nullopt;
}

MonoTime EndpointGate::ReserveSlot(MonoTime now) {
  const MonoTime own = rate_.NextFree(now, waiting_.size());
  const auto pace =
      Probing() ? std::max<std::chrono::microseconds>(rate_.Pace(), kProbingPace) : rate_.Pace();
  last_slot_ = std::max(own, last_slot_ + pace);
  return last_slot_;
}

MonoTime EndpointGate::GiveWay(const Place& place, MonoTime now) {
  const auto ahead = std::distance(waiting_.begin(), waiting_.find(place));
  const MonoTime turn = std::max(place.ready, rate_.NextFree(now, static_cast<std::size_t>(ahead)));
  Withdraw(place);
  if (Probing() || now - place.ready > limits_.max_wait) return ReserveSlot(now);
  last_turn_ = std::max(turn, last_turn_ + rate_.Pace());
  return last_turn_;
}

bool EndpointGate::Idle(MonoTime now) const {
  const bool forgiven = straight_failures_ == 0 || last_finished_ + kFailuresRemembered < now;
  return waiting_.empty() && in_flight_ == 0 && Unrecorded(now) == 0 && forgiven && last_slot_ <= now &&
         last_turn_ <= now && rate_.Empty(now);
}

}  // namespace webhook
