#include "services/delivery-worker/engine/delivery_lane.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "domain/retry_schedule.h"
#include "domain/topics.h"

namespace webhook {
namespace {

constexpr std::chrono::seconds kParking{1};
constexpr std::chrono::seconds kSweep{60};
constexpr std::chrono::milliseconds kLeaseLook{100};
constexpr std::chrono::milliseconds kConfigLook{100};
// What has so many eighths of the window behind it holds up its partition. In the queue: fewer than the half
// at which who was paused is fed again. At its start fewer still: it may hang then, and the next owner begins
// with more.
constexpr std::size_t kEighthsInQueue = 3;
constexpr std::size_t kEighthsAtStart = 2;
// Our clock and the broker's may differ a little: a delivery that is due this soon is due.
constexpr std::chrono::milliseconds kDueNow{1};

std::size_t AnswerBytes(const AttemptRecord& record) {
  return record.response_excerpt.size() + record.response_headers.size();
}

MonoTime::duration AgeOf(const Delivery& delivery, Now now) {
  return std::max<MonoTime::duration>(now.wall - delivery.created_at, MonoTime::duration{0});
}

}  // namespace

DeliveryLane::DeliveryLane(std::int32_t partition, const Checkpoint& from, const DeliveryLimits& limits,
                           const Ports& ports)
    : Lane(from),
      partition_(partition),
      limits_(limits),
      ports_(ports),
      duplicates_(limits.remembered),
      newest_offset_(from.offset + static_cast<std::int64_t>(from.done.size()) - 1) {}

void DeliveryLane::OnInherited(const AttemptsTail& tail, Now now) {
  for (const AttemptsTail::Entry& entry : tail.entries) {
    if (window_.MayStillCome(entry.delivery_offset)) completed_before_[entry.delivery_offset] = entry.attempt;
    if (entry.ended_at) duplicates_.NoteMade(entry.attempt);
    if (entry.ended_run && limits_.guards.ended_is_over) duplicates_.NoteEnded(*entry.ended_run);
  }
  NoteAttempts(tail.end);
  inherited_known_ = true;
  inherited_.emplace(tail, unsettled_, limits_.gate.max_unrecorded,
                     limits_.guards.other_clocks ? kClockSkew : std::chrono::seconds{0}, now);
}

void DeliveryLane::OnDelivery(Delivery delivery, std::int64_t offset, Now now) {
  CHECK(inherited_known_, "a lane knows its inheritance before its first delivery");
  if (!window_.Add(offset)) return;
  newest_offset_ = std::max(newest_offset_, offset);
  const DeliveryPrints prints = PrintsOf(delivery);
  if (const auto completed = completed_before_.extract(offset)) {
    NoteAttempts(-1);
    if (completed.mapped() == prints.attempt) return window_.MarkDone(offset);
  }
  if (limits_.guards.drop_duplicates) {
    if (const auto held = duplicates_.Held(prints)) return items_.at(*held).duplicates.push_back(offset);
    if (duplicates_.IsOver(prints)) return window_.MarkDone(offset);
  }
  const auto [token, item] = items_.Add();
  duplicates_.Hold(prints, token);
  item.endpoint = &EndpointOf(delivery.webhook_id);
  ++item.endpoint->items;
  if (item.endpoint->place == Place::kInLine) ++unstarted_;
  item.prints = prints;
  item.offset = offset;
  item.arrived = now.mono;
  // No pause of ours is longer: a record that says so is a mistake.
  if (delivery.due_at) delivery.due_at = std::min<WallTime>(*delivery.due_at, now.wall + kMaxRetryPause);
  item.delivery = std::move(delivery);
  AddBytes(&item, kItemBytes + item.delivery.event->body.size());
  JudgeAndQueue(token, now);
}

void DeliveryLane::Drain(Now now) {
  settles_ = last_untold_ == MonoTime::min() || now.mono > last_untold_ + kLongestRateWindow;
  std::vector<Token> waiting = std::exchange(held_for_config_, {});
  items_.ForEach([&](Token token, const Item& item) {
    if (item.queued) waiting.push_back(token);
    return true;
  });
  for (const Token token : waiting) HandOver(token);
}

void DeliveryLane::OnAbandoned() {
  AccountBytes* const shared = std::exchange(ports_.account_bytes, nullptr);
  if (shared == nullptr) return;
  items_.ForEach([shared](Token, const Item& item) {
    shared->Remove(item.delivery.event->account, item.bytes);
    return true;
  });
}

void DeliveryLane::HandOver(Token token) {
  Item& item = items_.at(token);
  duplicates_.Release(item.prints, token);
  item.queued.reset();
  item.record_due = false;
  item.wait_topic = kDeliveriesTopic;
  Append(token);
}

DeliveryLane::Endpoint& DeliveryLane::EndpointOf(const WebhookId& id) {
  const auto [found, made] = endpoints_.try_emplace(id);
  if (made) found->second.id = id;
  return found->second;
}

Verdict DeliveryLane::JudgeNow(const Item& item, Now now) const {
  Endpoint& endpoint = *item.endpoint;
  const std::int64_t revision = ports_.webhooks.revision();
  const std::uint64_t changes = ports_.webhooks.changes();
  if (changes != endpoint.looked_up_at) {
    endpoint.webhook = ports_.webhooks.Find(endpoint.id);
    endpoint.looked_up_at = changes;
  }
  const bool waited = now.mono - item.arrived >= limits_.max_config_wait || !limits_.guards.wait_for_copy;
  return Judge(item.delivery, {endpoint.webhook.get(), revision, waited}, limits_.max_age, now.wall);
}

EndpointGate& DeliveryLane::GateOf(Endpoint& endpoint, MonoTime now) {
  const bool made = !endpoint.gate;
  if (made) endpoint.gate.emplace(limits_.gate, &gates_memory_);
  EndpointGate& gate = *endpoint.gate;
  gate.SetLimit(endpoint.webhook->rate_limit, now);
  if (made && inherited_ && limits_.guards.inherited_rates) inherited_->Give(endpoint.id, &gate);
  return gate;
}

void DeliveryLane::JudgeAndQueue(Token token, Now now) {
  const Item& item = items_.at(token);
  const Verdict verdict = JudgeNow(item, now);
  if (const auto* end = std::get_if<End>(&verdict)) return EndWithoutRequest(token, *end);
  if (std::holds_alternative<HoldForConfig>(verdict)) {
    if (now.mono - item.arrived < limits_.max_config_wait || !Owns(now)) {
      held_for_config_.push_back(token);
    } else {
      Park(token, now.wall + kWaitTiers.front().delay, kWaitsForConfig, now);
    }
    return;
  }
  Enqueue(token, now);
}

void DeliveryLane::Enqueue(Token token, Now now) {
  Item& item = items_.at(token);
  EndpointGate& gate = GateOf(*item.endpoint, now.mono);
  EndpointGate::Entry entry{item.delivery.kind == DeliveryKind::kRedelivery, now.mono, token};
  if (item.delivery.due_at && *item.delivery.due_at > now.wall + kDueNow)
    entry.ready += *item.delivery.due_at - now.wall;
  const auto coming = item.delivery.wait_reason == WaitReason::kNone ? EndpointGate::Coming::kNew
                                                                     : EndpointGate::Coming::kBack;
  const Event& event = *item.delivery.event;
  const bool account_full = ports_.account_bytes != nullptr && ports_.account_bytes->Full(event.account);
  if (!Owns(now)) {
    gate.PutBack(entry, event.body.size());
  } else if (account_full || HoldsUp(item, kEighthsAtStart) ||
             !gate.Offer(entry, coming, event.body.size(), now.mono)) {
    const MonoTime slot = limits_.guards.reserved_slots
                              ? gate.ReserveSlot(entry, AgeOf(item.delivery, now), now.mono)
                              : now.mono;
    return Park(token, now.wall + (std::max(slot, entry.ready) - now.mono),
                account_full ? kWaitsForAccount : kWaitsForEndpoint, now);
  }
  item.queued = entry;
  StartReady(*item.endpoint, now);
}

void DeliveryLane::StartReady(Endpoint& endpoint, Now now) {
  if (!endpoint.gate || draining() || endpoint.place != Place::kTaken) return;
  if (!Owns(now)) {
    // All that asks within one look waits for the same end of it.
    const auto into_look = now.mono.time_since_epoch() % kLeaseLook;
    wakes_.emplace(now.mono - into_look + kLeaseLook, &endpoint);
    return;
  }
  while (const auto token = endpoint.gate->TakeNext(now.mono)) {
    if (!Start(*token, now)) return;
  }
  NoteWake(endpoint, now.mono);
}

void DeliveryLane::NoteWake(Endpoint& endpoint, MonoTime now) {
  if (const auto wake = endpoint.gate->WakeAt(now)) wakes_.emplace(*wake, &endpoint);
}

bool DeliveryLane::Start(Token token, Now now) {
  Item& item = items_.at(token);
  const auto entry = std::exchange(item.queued, std::nullopt);
  if (limits_.guards.drop_duplicates && duplicates_.HasEnded(item.prints)) {
    Complete(token, now);
    return true;
  }
  const Verdict verdict = JudgeNow(item, now);
  if (const auto* end = std::get_if<End>(&verdict)) {
    EndWithoutRequest(token, *end);
    return true;
  }
  if (std::holds_alternative<HoldForConfig>(verdict)) {
    held_for_config_.push_back(token);
    return true;
  }
  Endpoint& endpoint = *item.endpoint;
  EndpointGate& gate = *endpoint.gate;
  if (const Place place = ports_.admission.Enter(endpoint.webhook); place != Place::kTaken) {
    item.queued = entry;
    gate.PutBack(*entry, item.delivery.event->body.size());
    NotePlace(endpoint, place);
    return false;
  }
  item.webhook = endpoint.webhook;
  item.unrecorded = true;
  gate.SetLimit(item.webhook->rate_limit, now.mono);
  gate.Started(now.mono);
  if (!limits_.guards.pending_counts) gate.rate().Dropped();
  ++effects_;
  ports_.http.Send(token, item.delivery, item.webhook);
  return true;
}

void DeliveryLane::OnResponse(Token token, HttpResult result, Now now) {
  Item& item = items_.at(token);
  --effects_;
  const auto webhook = item.webhook;
  Endpoint& endpoint = *item.endpoint;
  const Outcome outcome = NoteAndClassify(item, result, now);
  EndpointGate& gate = *endpoint.gate;
  const bool own_fault = std::holds_alternative<OwnFault>(outcome);
  if (!limits_.guards.pending_counts) gate.rate().Admit();
  gate.Finished(result.written_at.has_value(),
                own_fault ? std::nullopt : std::optional(std::holds_alternative<Delivered>(outcome)),
                now.mono);

  const NextStep step = Decide(item.delivery, *item.webhook, outcome, result, limits_.time_scale, now.wall);
  if (std::holds_alternative<AgainSoon>(step)) {
    item.unrecorded = false;  // the gate keeps account of it
    if (result.written_at) {
      last_untold_ = now.mono;
      settles_ = false;
    }
    Again(token, result, now);
  } else {
    duplicates_.NoteMade(item.prints.attempt);
    BeginRecord(item);
    item.record.outcome = OutcomeWord(outcome, *webhook);
    DescribeRequest(std::move(result), webhook->url, &item.record);
    AddBytes(&item, AnswerBytes(item.record));
    if (const auto* finish = std::get_if<Finish>(&step)) {
      if (limits_.guards.ended_is_over) duplicates_.NoteEnded(item.prints.run);
      NoteEnd(item, *finish);
    } else {
      NoteRetry(item, std::get<RetryAt>(step), now);
    }
    ReportAndAppend(token);
  }
  ports_.admission.Leave(*webhook);
  StartReady(endpoint, now);
}

void DeliveryLane::OnPlace(const WebhookId& webhook, Now now) {
  const auto found = endpoints_.find(webhook);
  if (found == endpoints_.end()) return;
  NotePlace(found->second, Place::kTaken);
  StartReady(found->second, now);
}

void DeliveryLane::NotePlace(Endpoint& endpoint, Place place) {
  if (endpoint.place == Place::kInLine) unstarted_ -= endpoint.items;
  endpoint.place = place;
  if (endpoint.place == Place::kInLine) unstarted_ += endpoint.items;
}

Outcome DeliveryLane::NoteAndClassify(const Item& item, const HttpResult& result, Now now) {
  const Webhook& webhook = *item.webhook;
  const bool ours =
      ports_.egress != nullptr && ports_.egress->NoteAttempt(webhook.account, webhook.id, result, now.mono);
  const Outcome outcome = ours ? OwnFault{} : Classify(result);
  if (std::holds_alternative<OwnFault>(outcome) && !limits_.guards.own_faults_are_free)
    return Unreached{NetFault::kConnect};
  return outcome;
}

void DeliveryLane::NoteEnd(Item& item, const Finish& finish) {
  item.record.state = finish.state;
  item.record.reason = finish.reason;
  if (!finish.deactivate) return;
  ports_.deactivate.Deactivate(item.webhook->id, "The endpoint answered 410 Gone.", item.webhook->revision);
}

void DeliveryLane::NoteRetry(Item& item, const RetryAt& retry, Now now) {
  item.record.state = DeliveryState::kWaiting;
  item.record.reason = retry.reason;
  item.record.next_attempt_at = retry.due;
  item.delivery.attempt += 1;
  item.delivery.due_at = retry.due;
  item.delivery.wait_reason = WaitReason::kRetry;
  item.wait_topic = WaitTopic(retry.due, now.wall, limits_.time_scale);
}

void DeliveryLane::Again(Token token, const HttpResult& result, Now now) {
  Item& item = items_.at(token);
  if (draining()) return HandOver(token);
  if (!item.own_faults_since) item.own_faults_since = now.mono;
  if (!Paused() && Owns(now) && now.mono - *item.own_faults_since >= limits_.max_own_fault_time)
    return Park(token, now.wall + kWaitTiers.front().delay, kWaitsForPlatform + result.detail, now);
  // A new connection may be had at once, and the delivery keeps its place in front of those that came later.
  const MonoTime ready = result.stale_connection ? item.arrived : now.mono + limits_.own_fault_pause;
  item.queued = EndpointGate::Entry{item.delivery.kind == DeliveryKind::kRedelivery, ready, token};
  item.endpoint->gate->PutBack(*item.queued, item.delivery.event->body.size());
}

bool DeliveryLane::HoldsUp(const Item& item, std::size_t eighths) const {
  return !Paused() &&
         newest_offset_ - item.offset > static_cast<std::int64_t>(limits_.max_span * eighths / 8);
}

void DeliveryLane::ParkWhatWaitsTooLong(Now now) {
  // While all is paused nobody is ahead of anybody; the window fills, and its partition is paused.
  if (Paused() || !Owns(now)) return;
  std::vector<Token> late;
  items_.ForEach([&](Token token, const Item& item) {
    const bool old = now.mono - item.arrived > limits_.gate.max_wait;
    if (!old && !HoldsUp(item, kEighthsInQueue)) return false;  // nor do any that came later
    const bool waited = item.queued && now.mono - item.queued->ready > limits_.gate.max_wait;
    // Who waits for the loop is not what is slow, and its turn comes; nor is a burst for one that is quick.
    const auto at_once = [&](const Endpoint& endpoint) {
      return endpoint.place == Place::kInLine ||
             (endpoint.place == Place::kTaken && endpoint.gate->Quick(now.mono));
    };
    const bool holds_up = item.queued && HoldsUp(item, kEighthsInQueue) && !at_once(*item.endpoint);
    if (waited || holds_up) late.push_back(token);
    return true;
  });
  for (const Token token : late) {
    Item& item = items_.at(token);
    const MonoTime turn = item.endpoint->gate->Park(*item.queued, AgeOf(item.delivery, now), now.mono);
    item.queued.reset();
    Park(token, now.wall + (turn - now.mono), kWaitsForEndpoint, now);
  }
}

void DeliveryLane::Park(Token token, WallTime due, const std::string& reason, Now now) {
  Item& item = items_.at(token);
  if (limits_.guards.parked_is_no_duplicate) duplicates_.ReleaseAttempt(item.prints, token);
  item.parked = true;
  // Later than it was due before, be it by as little as this: another round.
  if (item.delivery.due_at) due = std::max(due, *item.delivery.due_at + WallTime::duration{1});
  item.delivery.due_at = due;
  item.delivery.wait_reason = WaitReason::kParked;
  item.wait_topic = ParkTopic(due, now.wall, limits_.time_scale);
  BeginRecord(item);
  DescribeParking(due, reason, &item.record);
  ReportAndAppend(token);
}

void DeliveryLane::EndWithoutRequest(Token token, const End& end) {
  Item& item = items_.at(token);
  BeginRecord(item);
  item.record.state = end.state;
  item.record.outcome = end.outcome;
  item.record.reason = end.reason;
  ReportAndAppend(token);
}

void DeliveryLane::BeginRecord(Item& item) const {
  item.record = DescribeDelivery(item.delivery, partition_, item.offset);
}

void DeliveryLane::ReportAndAppend(Token token) {
  Item& item = items_.at(token);
  ports_.report.Report(item.record, *item.delivery.event);
  if (!limits_.guards.effects_before_done) window_.MarkDone(item.offset);
  Append(token);
}

bool DeliveryLane::WaitIsNext(const Item& item) const {
  return item.wait_topic != nullptr && (limits_.guards.wait_before_attempt || !item.record_due);
}

void DeliveryLane::DoAppend(Token token) {
  const Item& item = items_.at(token);
  if (WaitIsNext(item)) {
    ports_.journal.AppendWait(token, item.wait_topic, item.delivery);
  } else {
    ports_.journal.AppendAttempt(token, item.record);
  }
}

void DeliveryLane::OnAcknowledged(Token token, std::int64_t offset, Now now) {
  Item& item = items_.at(token);
  if (WaitIsNext(item)) {
    item.wait_topic = nullptr;
  } else {
    item.record_due = false;
    NoteAttempts(offset + 1);
  }
  if (item.wait_topic == nullptr && !item.record_due) return Complete(token, now);
  Append(token);
}

void DeliveryLane::Complete(Token token, Now now) {
  Item& item = items_.at(token);
  NoteRecorded(item, now);
  ReleaseBytes(item);
  window_.MarkDone(item.offset);
  for (const std::int64_t duplicate : item.duplicates) window_.MarkDone(duplicate);
  if (item.parked) duplicates_.NoteParked(item.prints.round);
  duplicates_.Release(item.prints, token);
  --item.endpoint->items;
  if (item.endpoint->place == Place::kInLine) --unstarted_;
  items_.erase(token);
}

void DeliveryLane::AddBytes(Item* item, std::size_t bytes) {
  item->bytes += bytes;
  held_bytes_ += bytes;
  if (ports_.account_bytes) ports_.account_bytes->Add(item->delivery.event->account, bytes);
}

void DeliveryLane::ReleaseBytes(const Item& item) {
  held_bytes_ -= item.bytes;
  if (ports_.account_bytes) ports_.account_bytes->Remove(item.delivery.event->account, item.bytes);
}

void DeliveryLane::NoteAttempts(std::int64_t end) {
  attempts_end_ = std::max(attempts_end_, end);
  if (completed_before_.empty()) attempts_offset_ = std::max(attempts_offset_, attempts_end_);
}

void DeliveryLane::NoteRecorded(Item& item, Now now) {
  if (!std::exchange(item.unrecorded, false)) return;
  item.endpoint->gate->Recorded();
  NoteWake(*item.endpoint, now.mono);
}

void DeliveryLane::Advance(Now now) {
  if (!held_for_config_.empty() &&
      (ports_.webhooks.revision() != judged_at_ || now.mono >= next_config_look_)) {
    judged_at_ = ports_.webhooks.revision();
    next_config_look_ = now.mono + kConfigLook;
    for (const Token token : std::exchange(held_for_config_, {})) JudgeAndQueue(token, now);
  }

  while (!wakes_.empty() && wakes_.begin()->first <= now.mono) {
    Endpoint* const endpoint = wakes_.begin()->second;
    wakes_.erase(wakes_.begin());
    StartReady(*endpoint, now);
  }
  if (now.mono >= next_parking_) {
    next_parking_ = now.mono + kParking;
    ParkWhatWaitsTooLong(now);
  }
  if (now.mono < next_sweep_) return;
  next_sweep_ = now.mono + kSweep;
  if (inherited_ && inherited_->Over(now.mono)) inherited_.reset();
  const auto over = [&](const Endpoint& endpoint) {
    return endpoint.items == 0 && (!endpoint.gate || endpoint.gate->Idle(now.mono));
  };
  std::erase_if(wakes_, [&](const auto& wake) { return over(*wake.second); });
  std::erase_if(endpoints_, [&](const auto& entry) { return over(entry.second); });
}

}  // namespace webhook
