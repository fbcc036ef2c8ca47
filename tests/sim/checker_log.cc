// What the checker sees of the log and of the commits.
#include <algorithm>

#include "tests/sim/checker.h"
#include "tests/sim/trace.h"

namespace webhook::sim {
namespace {

constexpr int kParksOfAnOwner = 8;

}  // namespace

void Checker::OnAppended(Place place, std::int64_t offset) {
  const Record& record = log_.At(place)[static_cast<std::size_t>(offset)];
  if (record.moved_from) {
    auto& moved = covered_[record.moved_from->first].recorded;
    const auto index = static_cast<std::size_t>(record.moved_from->second);
    if (moved.size() <= index) moved.resize(index + 1, false);
    moved[index] = true;
  }
  if (verbose()) Note(Describe(place, offset, record));
  if (record.attempt) return OnAttempt(*record.attempt);
  if (record.event) published_.at(record.event->id.str()).offsets.push_back(offset);
  if (!record.delivery) return;
  const Delivery& delivery = *record.delivery;
  Told& told = Of(delivery.id, delivery.run);
  if (!told.in_log) {
    told.id = delivery.id;
    told.event = delivery.event;
    told.webhook = delivery.webhook_id;
    told.run = delivery.run;
    told.in_log = true;
    ++unfinished_;
    ++counts_.deliveries;
  }
  Attempt& attempt = told.at(delivery.attempt);
  if (place.topic == Topic::kDeliveries) told.partition = place.partition;
  if (place.topic == Topic::kDeliveries) attempt.offsets.emplace_back(place.partition, offset);
  if (record.moved_from) return;
  if (delivery.wait_reason == WaitReason::kRetry) ++attempt.retry_copies;
  if (delivery.wait_reason == WaitReason::kParked) ++attempt.park_copies;
}

// A slot is reserved for what is parked, so it is parked once; again where a slow answer or a retry took the
// slot. A new owner knows of no slots, and finds windows that count as full: it parks what it is given anew.
int Checker::MaxParks(int partition) const {
  const auto owners = owners_.find(partition);
  return options_.max_parks + (owners == owners_.end() ? 0 : kParksOfAnOwner * (owners->second - 1));
}

void Checker::OnAttempt(const AttemptRecord& record) {
  Told& told = Of(record.delivery_id, record.run);
  const std::string name = Name(told, record.attempt);
  if (record.requested) told.at(record.attempt).recorded = clock_.time();
  if (record.delivery_offset >= 0) {  // else fan-out has parked it, and it has never been in its partition
    auto& recorded = covered_[{Topic::kDeliveries, record.delivery_partition}].recorded;
    const auto index = static_cast<std::size_t>(record.delivery_offset);
    if (recorded.size() <= index) recorded.resize(index + 1, false);
    recorded[index] = true;
  }

  if (record.state == DeliveryState::kWaiting) {
    if (record.outcome == "parked") {
      Attempt& attempt = told.at(record.attempt);
      ++attempt.park_records;
      ++counts_.parked;
      ++told.parks;
      // An endpoint that fails is probed by one request at a time: what waits for it goes round meanwhile. So
      // does what our own side cannot send.
      if (endpoints_.at(told.webhook).straight_failures < kProbing && attempt.own_fault.empty())
        ++attempt.idle_parks;
      counts_.most_parks = std::max(counts_.most_parks, attempt.idle_parks);
      if (attempt.park_copies < (options_.ambiguous ? 1 : attempt.park_records))
        return Fail("I10", "recorded as parked, and it waits nowhere: " + name);
      if (attempt.idle_parks > MaxParks(record.delivery_partition) && !told.excused)
        return Fail("liveness", "parked " + std::to_string(attempt.idle_parks) + " times: " + name);
    } else {
      Attempt& next = told.at(record.attempt + 1);
      if (next.retry_copies == 0)
        return Fail("I10", "recorded as to be retried, and it waits nowhere: " + name);
      if (record.next_attempt_at && !next.due) next.due = VirtualClock::FromWall(*record.next_attempt_at);
    }
  }
  if (record.requested && IsOver(record.state) && !told.ended_at) {
    told.ended_at = clock_.time();
    told.ended_attempt = record.attempt;
  }
  // Fan-out that repeats an event does not know what has become of its deliveries. The log keeps what is
  // further on.
  if (record.delivery_offset < 0 && told.attempt > 0) return;
  // A reader takes what is ahead of what it has: by attempt, then by whether it is an end.
  const bool over = IsOver(told.state);
  const bool ahead = record.attempt > told.attempt || (record.attempt == told.attempt && !over);
  const bool forked = std::any_of(told.attempts.begin(), told.attempts.end(),
                                  [](const Attempt& attempt) { return attempt.offsets.size() > 1; });
  if (options_.clean && !told.excused && !forked && !ahead && record.state != told.state)
    return Fail("I14", "its state went back: " + name);
  if (over && ahead && !told.excused && !forked && !options_.zombies)
    return Fail("I14", "its state changed after its end: " + name);
  // As services/registry/store/delivery_log.cc: an end is further on than any attempt that is not.
  const bool ends = IsOver(record.state);
  if (over ? !ends || !ahead : !ends && !ahead) return;
  told.attempt = record.attempt;
  told.state = record.state;
  if (!over && IsOver(record.state)) --unfinished_;
}

bool Checker::EffectsAreInTheLog(Place place, std::int64_t offset, const Checkpoint& checkpoint,
                                 bool* for_good) {
  *for_good = true;
  const Record& record = log_.At(place)[static_cast<std::size_t>(offset)];
  const auto is_recorded = [&](Place at, std::int64_t index) {
    const auto& recorded = covered_[at].recorded;
    return static_cast<std::size_t>(index) < recorded.size() && recorded[static_cast<std::size_t>(index)];
  };
  const auto is_done = [&](std::int64_t other) {
    const auto ahead = static_cast<std::size_t>(std::max<std::int64_t>(other - checkpoint.offset, 0));
    return other < checkpoint.offset || (ahead < checkpoint.done.size() && checkpoint.done[ahead]);
  };
  if (place.topic == Topic::kEvents) {
    // Or it is a repeat of a publish, and another record stands for it.
    const Published& published = published_.at(record.event->id.str());
    if (std::all_of(published.matched.begin(), published.matched.end(), [&](const auto& webhook) {
          const WebhookId& id = webhook.first;
          return gone_.contains(id) ||
                 Of(DeriveDeliveryId(record.event->account, record.event->id, id), 0).in_log;
        }))
      return true;
    *for_good = false;
    return std::any_of(published.offsets.begin(), published.offsets.end(),
                       [&](std::int64_t other) { return other != offset && !is_done(other); });
  }
  if (is_recorded(place, offset)) return true;
  if (place.topic != Topic::kDeliveries) return false;
  // A duplicate, or one that was handed over: then another record of this attempt stands for it. Or the log
  // has the delivery's end, by this attempt or by another: whatever is left of it needs no one any more.
  Told& told = Of(record.delivery->id, record.delivery->run);
  if (IsOver(told.state)) return true;
  bool open_elsewhere = false;
  for (int attempt = 1; attempt <= record.delivery->attempt; ++attempt) {
    for (const auto& [partition, other] : told.at(attempt).offsets) {
      if (partition != place.partition || other == offset) continue;
      if (attempt == record.delivery->attempt && is_recorded(place, other)) return true;
      open_elsewhere = open_elsewhere || !is_done(other);
    }
  }
  *for_good = false;
  return open_elsewhere;
}

void Checker::OnCommit(const SimGroup::Commit& commit) {
  ++counts_.commits;
  const Place place = commit.place;
  auto decoded = DecodeCheckpoint(commit.metadata, NameOf(place.topic), place.partition, commit.offset);
  Checkpoint checkpoint;
  checkpoint.offset = commit.offset;
  if (decoded) checkpoint = *decoded;
  if (verbose()) Note(Describe(place, checkpoint));
  Covered& covered = covered_[place];
  const std::int64_t end = log_.End(place);
  if (checkpoint.offset > end) return Fail("I10", "committed beyond the end of the log");
  covered.verified.resize(static_cast<std::size_t>(end), false);
  const auto verify = [&](std::int64_t offset) {
    const auto index = static_cast<std::size_t>(offset);
    if (covered.verified[index]) return;
    bool for_good = false;
    if (!EffectsAreInTheLog(place, offset, checkpoint, &for_good))
      return Fail("I10", std::string("committed before its effects: ") + NameOf(place.topic) + "[" +
                             std::to_string(place.partition) + "] " + std::to_string(offset));
    covered.verified[index] = for_good;
  };
  for (std::int64_t offset = covered.low; offset < checkpoint.offset; ++offset) verify(offset);
  for (std::size_t i = 0; i < checkpoint.done.size(); ++i) {
    const std::int64_t offset = checkpoint.offset + static_cast<std::int64_t>(i);
    if (checkpoint.done[i] && offset < end) verify(offset);
  }
  while (covered.low < end && covered.verified[static_cast<std::size_t>(covered.low)]) ++covered.low;
}

}  // namespace webhook::sim
