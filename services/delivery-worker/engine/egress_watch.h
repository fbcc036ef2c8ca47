#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

#include "core/time.h"
#include "domain/delivery.h"
#include "domain/ids.h"

namespace webhook {

struct EgressLimits {
  bool has_canary = false;  // false: endpoints that cannot be reached are always at fault themselves
  std::chrono::seconds window{10};
  std::size_t min_endpoints = 20;  // unreachable in one window, and more than half of all that were tried
  std::size_t min_accounts = 3;    // that they belong to: no customer alone can raise a suspicion
  std::chrono::seconds canary_pause{1};
  std::chrono::seconds ramp{60};  // from a tenth to all places, once the canary answers again
};

// Tells a break of our own way out (no network, no resolver) from endpoints that are down. Many endpoints of
// several accounts that cannot be reached raise a suspicion; an address of the operator's, the canary,
// decides. From the suspicion on, until the canary has answered, a failure to reach an endpoint costs no
// attempt; while the canary fails, nothing is sent. Pure; no lock; of one thread that delivers.
class EgressWatch {
 public:
  explicit EgressWatch(const EgressLimits& limits) : limits_(limits) {}

  // Notes an attempt that has ended. True: it did not reach its endpoint while our way out is in doubt, so it
  // is not the endpoint's fault. False also for own_fault, which says so itself.
  [[nodiscard]] bool NoteAttempt(const AccountId& account, const WebhookId& webhook, const HttpResult& result,
                                 MonoTime now);
  // True: the canary is to be asked now; OnCanary() or OnNoAnswer() must follow, and until then it is false.
  [[nodiscard]] bool BeginCanary(MonoTime now);
  void OnCanary(bool reached, MonoTime now);
  // It could not be asked: it is asked again.
  void OnNoAnswer(MonoTime now);

  bool paused() const { return state_ == State::kPaused; }
  // The part of the places in flight that may be used: 0 to 1.
  double Share(MonoTime now) const;

 private:
  enum class State { kTrusted, kSuspected, kPaused };
  struct Attempt {
    MonoTime ended;
    AccountId account;
    WebhookId webhook;
    bool reached;
  };

  bool LooksLikeUs(MonoTime now);

  const EgressLimits limits_;
  State state_ = State::kTrusted;
  std::deque<Attempt> attempts_;  // of the last window, the newest 2,048
  MonoTime next_look_{};
  MonoTime next_canary_{};
  bool canary_open_ = false;
  MonoTime resumed_ = MonoTime::min();
};

}  // namespace webhook
