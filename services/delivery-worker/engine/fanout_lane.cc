#include "services/delivery-worker/engine/fanout_lane.h"

#include <utility>

#include "domain/topics.h"
#include "services/delivery-worker/engine/stages.h"

namespace webhook {
namespace {

constexpr std::chrono::seconds kSweep{60};
constexpr std::int64_t kNoOffset = -1;  // it has never been in its partition

}  // namespace

FanoutLane::FanoutLane(const Checkpoint& from, const FanoutLimits& limits, const Ports& ports)
    : Lane(from), limits_(limits), ports_(ports), seen_(limits.remembered), pace_(limits.pace) {}

void FanoutLane::OnEvent(std::shared_ptr<const Event> event, std::int64_t offset, Now now) {
  if (!window_.Add(offset)) return;
  held_bytes_ += event->body.size();
  if (limits_.guards.config_barrier) return waiting_.push_back({std::move(event), offset});
  ready_.push_back({std::move(event), offset});
  FanOutReady(now);
}

// One barrier for all that was read before it.
void FanoutLane::Advance(Now now) {
  if (now.mono >= next_sweep_) {
    pace_.Sweep(now.mono);
    next_sweep_ = now.mono + kSweep;
  }
  FanOutReady(now);
  if (waiting_.empty() || !asked_.empty()) return;
  asked_.swap(waiting_);
  ports_.barrier.AskBarrier();
}

void FanoutLane::OnBarrier(Now now) {
  for (Entry& entry : std::exchange(asked_, {})) ready_.push_back(std::move(entry));
  FanOutReady(now);
}

void FanoutLane::FanOutReady(Now now) {
  AppendMatched();
  while (!ready_.empty() && !draining() && first_matched_ > last_token_ &&
         (!limits_.guards.lease || now.mono < ports_.lease.lease())) {
    const Entry entry = std::move(ready_.front());
    ready_.pop_front();
    FanOutEntry(entry, now);
  }
}

void FanoutLane::AppendMatched() {
  while (first_matched_ <= last_token_) {
    const std::size_t bytes = deliveries_.at(first_matched_).delivery.event->body.size();
    const bool room = appends_ < limits_.max_appends && append_bytes_ + bytes <= limits_.max_append_bytes;
    if (!room && appends_ > 0) return;
    ++appends_;
    append_bytes_ += bytes;
    Append(first_matched_++);
  }
}

// What has begun to be appended is finished; the rest the next owner reads.
void FanoutLane::Drain(Now) {
  const auto drop = [this](auto& entries) {
    for (const Entry& entry : entries) held_bytes_ -= entry.event->body.size();
    entries.clear();
  };
  drop(waiting_);
  drop(asked_);
  drop(ready_);
}

void FanoutLane::FanOutEntry(const Entry& entry, Now now) {
  const std::size_t bytes = entry.event->body.size();
  if (!seen_.Insert(Fingerprint(*entry.event)) && limits_.guards.drop_duplicates) {
    ports_.report.ReportFanout(FannedOut::kDuplicate, 0);
    return Finish(entry.offset, bytes);
  }
  const auto webhooks = ports_.webhooks.Of(entry.event->account);
  // Read after the webhooks: it must not be older than they are.
  const std::int64_t revision = ports_.webhooks.revision();
  auto deliveries = FanOut(entry.event, *webhooks, revision, now.wall);
  ports_.report.ReportFanout(deliveries.empty() ? FannedOut::kUnmatched : FannedOut::kMatched,
                             deliveries.size());
  if (deliveries.empty()) return Finish(entry.offset, bytes);
  open_[entry.offset] = {deliveries.size(), bytes};
  auto webhook = webhooks->begin();  // FanOut() keeps their order
  for (Delivery& delivery : deliveries) {
    while ((*webhook)->id != delivery.webhook_id) ++webhook;
    const auto [token, matched] = deliveries_.Add();
    last_token_ = token;
    matched.offset = entry.offset;
    matched.delivery = std::move(delivery);
    if (limits_.guards.reserved_slots) PaceOut(&matched, **webhook, now);
  }
  AppendMatched();
}

void FanoutLane::PaceOut(Matched* matched, const Webhook& webhook, Now now) {
  const auto slot = pace_.Take(webhook, now.mono);
  if (!slot) return;
  Delivery& delivery = matched->delivery;
  delivery.due_at = now.wall + (*slot - now.mono);
  delivery.wait_reason = WaitReason::kParked;
  matched->wait_topic = ParkTopic(*delivery.due_at, now.wall, limits_.time_scale);
  AttemptRecord& parking = matched->parking.emplace(
      DescribeDelivery(delivery, DeliveryPartition(webhook.id, limits_.delivery_partitions), kNoOffset));
  DescribeParking(*delivery.due_at, kWaitsForEndpoint, &parking);
  ports_.parkings.Report(parking, *delivery.event);
}

void FanoutLane::DoAppend(Token token) {
  const Matched& matched = deliveries_.at(token);
  if (!matched.parking) return ports_.deliveries.AppendDelivery(token, matched.delivery);
  if (matched.wait_topic != nullptr)
    return ports_.journal.AppendWait(token, matched.wait_topic, matched.delivery);
  ports_.journal.AppendAttempt(token, *matched.parking);
}

void FanoutLane::OnAcknowledged(Token token, std::int64_t, Now now) {
  Matched& matched = deliveries_.at(token);
  if (std::exchange(matched.wait_topic, nullptr) != nullptr) return Append(token);
  const std::int64_t offset = matched.offset;
  --appends_;
  append_bytes_ -= matched.delivery.event->body.size();
  deliveries_.erase(token);
  const auto open = open_.find(offset);
  if (--open->second.unacknowledged == 0) {
    Finish(offset, open->second.bytes);
    open_.erase(open);
  }
  FanOutReady(now);
}

void FanoutLane::Finish(std::int64_t offset, std::size_t bytes) {
  held_bytes_ -= bytes;
  window_.MarkDone(offset);
}

}  // namespace webhook
