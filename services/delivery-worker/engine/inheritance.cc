#include "services/delivery-worker/engine/inheritance.h"

#include <algorithm>

namespace webhook {

void AttemptsTail::Add(const AttemptRecord& record, std::int64_t window_begin) {
  if (!record.requested && record.delivery_offset < window_begin) return;
  Entry entry{record.delivery_offset,
              Fingerprint(record.delivery_id, record.run, record.attempt),
              record.webhook_id,
              std::nullopt,
              record.state == DeliveryState::kDelivered,
              std::nullopt};
  if (record.requested) {
    entry.ended_at = record.started_at + record.duration;
    const bool goes_on = record.state == DeliveryState::kPending || record.state == DeliveryState::kWaiting;
    if (!goes_on) entry.ended_run = Fingerprint(record.delivery_id, record.run);
  }
  entries.push_back(entry);
}

InheritedRequests::InheritedRequests(const AttemptsTail& tail, const std::vector<Unsettled>& unsettled,
                                     int max_unrecorded, std::chrono::seconds skew, Now taken_over)
    : taken_over_(taken_over.mono), complete_(tail.complete) {
  // By the wall clocks of two machines: as late as it may have been, which is no later than now.
  const auto ours = [&](WallTime time) {
    return taken_over.mono -
           std::max<WallTime::duration>(taken_over.wall - time - skew, WallTime::duration{0});
  };
  for (const AttemptsTail::Entry& entry : tail.entries) {
    if (entry.ended_at && *entry.ended_at >= taken_over.wall - kTailAge)
      requests_[entry.webhook].push_back({ours(*entry.ended_at), entry.delivered});
  }
  for (const Unsettled& one : unsettled) assumed_.emplace_back(ours(one.until), one.owners * max_unrecorded);
}

void InheritedRequests::Give(const WebhookId& webhook, EndpointGate* gate) const {
  if (const auto found = requests_.find(webhook); found != requests_.end()) {
    for (const Request& request : found->second) gate->Inherit(request.delivered, request.ended);
  }
  if (!complete_) return gate->rate().AssumeFull(taken_over_);
  for (const auto& [time, requests] : assumed_) {
    for (int i = 0; i < requests; ++i) gate->rate().Inherit(time);
  }
}

}  // namespace webhook
