#include "services/delivery-worker/engine/egress_watch.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace webhook {
namespace {

constexpr std::size_t kMaxAttempts = 2'048;
constexpr std::chrono::milliseconds kLook{100};
constexpr double kFirstShare = 0.1;

// Faults that a broken way out causes too.
bool IsUnreached(const HttpResult& result) {
  return result.fault == NetFault::kDns || result.fault == NetFault::kConnect ||
         result.fault == NetFault::kTimeoutConnect;
}

}  // namespace

bool EgressWatch::NoteAttempt(const AccountId& account, const WebhookId& webhook, const HttpResult& result,
                              MonoTime now) {
  if (!limits_.has_canary || result.own_fault || result.blocked) return false;
  const bool unreached = IsUnreached(result);
  attempts_.push_back({now, account, webhook, !unreached});
  while (attempts_.size() > kMaxAttempts || attempts_.front().ended < now - limits_.window)
    attempts_.pop_front();
  if (!unreached) return false;
  if (state_ == State::kTrusted && LooksLikeUs(now)) {
    state_ = State::kSuspected;
    next_canary_ = now;
  }
  return state_ != State::kTrusted;
}

bool EgressWatch::LooksLikeUs(MonoTime now) {
  if (now < next_look_) return false;
  next_look_ = now + kLook;
  std::unordered_map<WebhookId, bool> unreached;  // by each endpoint's last attempt
  std::unordered_set<AccountId> accounts;
  for (const Attempt& attempt : attempts_) unreached[attempt.webhook] = !attempt.reached;
  for (const Attempt& attempt : attempts_) {
    if (unreached.at(attempt.webhook)) accounts.insert(attempt.account);
  }
  const auto bad = static_cast<std::size_t>(
      std::count_if(unreached.begin(), unreached.end(), [](const auto& entry) { return entry.second; }));
  return bad >= limits_.min_endpoints && bad * 2 > unreached.size() &&
         accounts.size() >= limits_.min_accounts;
}

bool EgressWatch::BeginCanary(MonoTime now) {
  if (state_ == State::kTrusted || canary_open_ || now < next_canary_) return false;
  canary_open_ = true;
  return true;
}

void EgressWatch::OnNoAnswer(MonoTime now) {
  canary_open_ = false;
  next_canary_ = now + limits_.canary_pause;
}

void EgressWatch::OnCanary(bool reached, MonoTime now) {
  OnNoAnswer(now);
  if (!reached) {
    state_ = State::kPaused;
    return;
  }
  if (state_ == State::kPaused) resumed_ = now;
  state_ = State::kTrusted;
  attempts_.clear();
}

double EgressWatch::Share(MonoTime now) const {
  if (paused()) return 0;
  if (resumed_ == MonoTime::min() || now >= resumed_ + limits_.ramp) return 1;
  const double passed = std::chrono::duration<double>(now - resumed_) / limits_.ramp;
  return kFirstShare + (1 - kFirstShare) * passed;
}

}  // namespace webhook
