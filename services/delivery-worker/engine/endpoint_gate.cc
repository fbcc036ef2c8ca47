#include "services/delivery-worker/engine/endpoint_gate.h"

#include <algorithm>
#include <iterator>

#include "domain/topics.h"

namespace webhook {
namespace {

constexpr std::chrono::minutes kFailuresRemembered{10};
// So much of the average is the newest gap between two ends of requests, and it counts for no more than so
// many averages and a bit: a machine that stood still for a second says little of an endpoint.
constexpr int kGapsAveraged = 16;
constexpr int kMostAverages = 4;
constexpr std::chrono::milliseconds kShortGap{1};
// What is only presumed of an endpoint's pace puts a slot off no further: it may soon be faster.
constexpr std::chrono::seconds kFarthestPresumed{60};
// What waits for a dead endpoint comes back when it would be probed with it, as far apart as probes are seen
// to take, but at least so much; and after at most half of the time for which it has been dead, as far as its
// owner knows, or for which the delivery has been there. Those rounds are the wait tiers' pauses: for most of
// many that wait, each is one append. What came back before a probe of an endpoint that hangs has ended would
// find nothing new.
constexpr std::chrono::milliseconds kProbingPace{100};

std::chrono::seconds Round(MonoTime::duration dead, MonoTime::duration probe) {
  std::chrono::seconds round = kWaitTiers.front().delay;
  for (const WaitTier& tier : kWaitTiers) {
    if (tier.delay <= dead / 2 || round < probe) round = tier.delay;
  }
  return round;
}

}  // namespace

void EndpointGate::SetLimit(const RateLimit& limit, MonoTime now) {
  const std::chrono::microseconds before = rate_.Pace();
  rate_.SetLimit(limit);
  if (rate_.Pace() >= before) return;
  const double shorter = static_cast<double>(rate_.Pace().count()) / static_cast<double>(before.count());
  const auto nearer = [&](MonoTime* time) {
    if (*time > now) *time = now + std::chrono::duration_cast<MonoTime::duration>((*time - now) * shorter);
  };
  for (Line& line : lines_) {
    nearer(&line.last_slot);
    nearer(&line.last_turn);
  }
}

bool EndpointGate::Offer(const Entry& entry, Coming coming, std::size_t bytes, MonoTime now) {
  const std::optional<Entry> head = Head(now);
  // Where nothing can start, what can is let in: what waits for a later time must not hold it up.
  const bool first = in_flight_ == 0 && (!head || (entry.ready <= now && head->ready > now));
  const bool short_enough = !Probing() || waiting_.size() < limits_.max_waiting_for_probe;
  if (!first && !(HasRoom(entry, bytes, now) && short_enough)) return false;
  const bool others_go_first = head && head->ready <= now && (entry.replay || !head->replay);
  const bool long_line = !Probing() && LineOf(entry).last_slot > now + limits_.max_wait;
  if (coming == Coming::kNew && others_go_first && long_line) return false;
  const MonoTime ready = std::max(entry.ready, now);
  const MonoTime turn = std::max(ready, rate_.NextFree(now, Ahead(entry)));
  if (ready > now + limits_.max_wait || turn > ready + limits_.max_wait) return false;
  PutBack(entry, bytes);
  return true;
}

bool EndpointGate::HasRoom(const Entry& entry, std::size_t bytes, MonoTime now) const {
  // Replays leave half of the room to what is live.
  const int divisor = entry.replay ? 2 : 1;
  const std::size_t all_bytes = (waiting_bytes_ + bytes) * static_cast<std::size_t>(divisor);
  if (waiting_.size() < limits_.max_waiting / static_cast<std::size_t>(divisor) &&
      all_bytes <= limits_.max_waiting_bytes)
    return true;
  if (Probing() || all_bytes > limits_.max_line_bytes || (!was_alive_ && straight_failures_ > 0))
    return false;
  // It would take one now: what waits, waits for its turn among others.
  if (was_alive_ && MayStart(now) && rate_.NextFree(now) <= now) return true;
  // A burst may be there before the first answers are.
  if (served_every_.count() == 0) {
    return !entry.replay && entry.ready <= now && rate_.NextFree(now) <= now && in_flight_ > 0 &&
           !Silent(now);
  }
  const auto line = served_every_ * static_cast<std::int64_t>(waiting_.size() + 1);
  return line <= limits_.max_line / divisor;
}

bool EndpointGate::Quick(MonoTime now) const {
  return in_flight_ > 0 && !Silent(now) && straight_failures_ == 0 && rate_.NextFree(now) <= now &&
         served_every_ * static_cast<std::int64_t>(waiting_.size()) <= limits_.patience;
}

void EndpointGate::PutBack(const Entry& entry, std::size_t bytes) {
  waiting_.emplace(entry, bytes);
  waiting_bytes_ += bytes;
  if (!entry.replay) ++live_waiting_;
}

void EndpointGate::Withdraw(const Entry& entry) {
  const auto found = waiting_.find(entry);
  if (found == waiting_.end()) return;
  waiting_bytes_ -= found->second;
  if (!entry.replay) --live_waiting_;
  waiting_.erase(found);
}

int EndpointGate::Unrecorded(MonoTime now) const {
  const auto over = std::upper_bound(untold_.begin(), untold_.end(), now) - untold_.begin();
  return unrecorded_ - static_cast<int>(over);
}

bool EndpointGate::MayStart(MonoTime now) const {
  if (in_flight_ >= Concurrency()) return false;
  return !rate_.limited() || Unrecorded(now) < limits_.max_unrecorded;
}

std::optional<EndpointGate::Entry> EndpointGate::Head(MonoTime now) const {
  if (waiting_.empty()) return std::nullopt;
  const Entry& first = waiting_.begin()->first;
  if (first.replay || first.ready <= now) return first;
  const auto replay = waiting_.lower_bound(Entry{true, MonoTime::min(), 0});
  const bool replay_is_sooner = replay != waiting_.end() && replay->first.ready < first.ready;
  return replay_is_sooner ? replay->first : first;
}

std::optional<Token> EndpointGate::TakeNext(MonoTime now) {
  while (!untold_.empty() && untold_.front() <= now) {
    untold_.pop_front();
    --unrecorded_;
  }
  if (!MayStart(now)) return std::nullopt;
  const std::optional<Entry> head = Head(now);
  if (!head || head->ready > now || rate_.NextFree(now) > now) return std::nullopt;
  Withdraw(*head);
  return head->token;
}

void EndpointGate::Started(MonoTime now) {
  last_started_ = now;
  if (in_flight_ == 0) busy_since_ = now;
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
  NotePace(now);
  if (!success && written) untold_.push_back(now + kLongestRateWindow);
  if (!success && !written) --unrecorded_;
  if (success) NoteResult(*success, now);
  last_finished_ = now;
}

void EndpointGate::Inherit(bool success, MonoTime ended) {
  rate_.Inherit(ended);
  last_started_ = ended;
  NoteResult(success, ended);
  last_finished_ = ended;
}

void EndpointGate::NoteResult(bool success, MonoTime now) {
  if (success) {
    last_probe_ = {};  // who comes now need not go behind those whom only its death made late
    may_be_in_flight_ =
        Probing() ? limits_.first_in_flight : std::min(may_be_in_flight_ + 1, limits_.max_in_flight);
    straight_failures_ = 0;
    was_alive_ = true;
  } else if (++straight_failures_ == 1) {
    failing_since_ = now;
  }
  last_took_ = now - last_started_;
}

void EndpointGate::NotePace(MonoTime now) {
  if (crowded_ && !Probing()) {
    const auto gap =
        std::min<MonoTime::duration>(now - last_finished_, kMostAverages * served_every_ + kShortGap);
    served_every_ += (gap - served_every_) / kGapsAveraged;
  }
  const std::optional<Entry> head = Head(now);
  crowded_ = head && head->ready <= now && rate_.NextFree(now) <= now;
}

std::optional<MonoTime> EndpointGate::WakeAt(MonoTime now) const {
  const std::optional<Entry> head = Head(now);
  if (!head) return std::nullopt;
  if (MayStart(now)) return std::max(head->ready, rate_.NextFree(now));
  const bool told_too_little = !untold_.empty() && in_flight_ < Concurrency();
  return told_too_little ? std::optional(std::max(head->ready, untold_.front())) : std::nullopt;
}

MonoTime EndpointGate::ReserveSlot(const Entry& entry, MonoTime::duration age, MonoTime now) {
  Line& line = LineOf(entry);
  if (Probing()) {
    const auto pace = std::max<MonoTime::duration>(kProbingPace, last_took_);
    const MonoTime behind = now + pace * static_cast<std::int64_t>(waiting_.size());
    const auto dead = now - failing_since_;
    const MonoTime farthest = now + Round(was_alive_ ? dead : std::max(age, dead), last_took_);
    const MonoTime turn = std::max({behind, line.last_slot, last_probe_}) + pace;
    if (turn > farthest) return farthest;
    last_probe_ = turn;
    return turn;
  }
  const MonoTime farthest = now + kFarthestPresumed;
  const MonoTime served = std::min(farthest, now + served_every_ * static_cast<std::int64_t>(Ahead(entry)));
  const MonoTime slot = std::max(rate_.NextFree(now, Ahead(entry)), served);
  std::chrono::microseconds pace = rate_.Pace();
  if (line.last_slot + served_every_ <= farthest) pace = std::max(pace, served_every_);
  line.last_slot = std::max(slot, line.last_slot + pace);
  return line.last_slot;
}

MonoTime EndpointGate::Park(const Entry& entry, MonoTime::duration age, MonoTime now) {
  const auto ahead = std::distance(waiting_.begin(), waiting_.find(entry));
  const MonoTime turn = std::max(entry.ready, rate_.NextFree(now, static_cast<std::size_t>(ahead)));
  Withdraw(entry);
  if (Probing() || now - entry.ready > limits_.max_wait) return ReserveSlot(entry, age, now);
  Line& line = LineOf(entry);
  line.last_turn = std::max(turn, line.last_turn + rate_.Pace());
  return line.last_turn;
}

bool EndpointGate::Idle(MonoTime now) const {
  const bool forgiven = straight_failures_ == 0 || last_finished_ + kFailuresRemembered < now;
  const bool nobody_is_parked = std::all_of(lines_.begin(), lines_.end(), [&](const Line& line) {
    return line.last_slot <= now && line.last_turn <= now;
  });
  return waiting_.empty() && in_flight_ == 0 && Unrecorded(now) == 0 && forgiven && nobody_is_parked &&
         last_probe_ <= now && rate_.Empty(now);
}

}  // namespace webhook
