#include "services/delivery-worker/engine/inheritance.h"

#include <algorithm>

namespace webhook {

InheritedRates::InheritedRates(const AttemptsTail& tail, bool settled, int max_unrecorded, Now taken_over)
    : taken_over_(taken_over.mono), complete_(tail.complete), assumed_(settled ? 0 : max_unrecorded) {
  for (const AttemptsTail::Entry& entry : tail.entries) {
    if (!entry.ended_at) continue;
    // By the wall clocks of two machines. One that runs ahead cannot have sent later than now.
    const auto ago = std::max<WallTime::duration>(taken_over.wall - *entry.ended_at, WallTime::duration{0});
    if (ago <= kLongestRateWindow) ended_[entry.webhook].push_back(taken_over.mono - ago);
  }
}

void InheritedRates::Give(const WebhookId& webhook, RateLog* log) const {
  if (!complete_) return log->AssumeFull(taken_over_);
  if (const auto found = ended_.find(webhook); found != ended_.end()) {
    for (const MonoTime time : found->second) log->Inherit(time);
  }
  for (int i = 0; i < assumed_; ++i) log->Inherit(taken_over_);
}

}  // namespace webhook
