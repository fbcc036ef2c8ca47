#include "services/delivery-worker/engine/fanout_lane.h"

#include <utility>

#include "services/delivery-worker/engine/stages.h"

namespace webhook {

FanoutLane::FanoutLane(const Checkpoint& from, const FanoutLimits& limits, const Ports& ports)
    : Lane(from), limits_(limits), ports_(ports), seen_(limits.remembered) {}

void FanoutLane::OnEvent(std::shared_ptr<const Event> event, std::int64_t offset, Now now) {
  if (!window_.Add(offset)) return;
  held_bytes_ += event->body.size();
  if (limits_.guards.config_barrier) return waiting_.push_back({std::move(event), offset});
  ready_.push_back({std::move(event), offset});
  FanOutReady(now);
}

// One barrier for all that was read before it.
void FanoutLane::Advance(Now) {
  if (waiting_.empty() || !asked_.empty()) return;
  asked_.swap(waiting_);
  ports_.barrier.AskBarrier();
}

void FanoutLane::OnBarrier(Now now) {
  for (Entry& entry : std::exchange(asked_, {})) ready_.push_back(std::move(entry));
  FanOutReady(now);
}

void FanoutLane::FanOutReady(Now now) {
  while (!ready_.empty() && !draining() && appending_.size() < limits_.max_appends) {
    const Entry entry = std::move(ready_.front());
    ready_.pop_front();
    FanOutEntry(entry, now);
  }
}

// What has begun to be appended is finished; the rest the next owner reads.
void FanoutLane::Drain(Now) {
  waiting_.clear();
  asked_.clear();
  ready_.clear();
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
  auto deliveries = FanOut(entry.event, webhooks, revision, now.wall);
  ports_.report.ReportFanout(deliveries.empty() ? FannedOut::kUnmatched : FannedOut::kMatched,
                             deliveries.size());
  if (deliveries.empty()) return Finish(entry.offset, bytes);
  open_[entry.offset] = {deliveries.size(), bytes};
  for (Delivery& delivery : deliveries) {
    const Token token = ++last_token_;
    appending_.emplace(token, std::pair{entry.offset, std::move(delivery)});
    Append(token);
  }
}

void FanoutLane::DoAppend(Token token) {
  ports_.deliveries.AppendDelivery(token, appending_.at(token).second);
}

void FanoutLane::OnAcknowledged(Token token, std::int64_t, Now now) {
  const auto found = appending_.find(token);
  const std::int64_t offset = found->second.first;
  appending_.erase(found);
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
