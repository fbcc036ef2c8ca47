#pragma once

#include <functional>
#include <map>
#include <memory>

#include "core/time.h"
#include "domain/delivery.h"
#include "domain/webhook.h"
#include "tests/sim/crash_point.h"
#include "tests/sim/life.h"

namespace webhook::sim {

class Checker;

enum class Behaviour {
  kFast,
  kSlow,
  kSlowToConnect,  // 5 to 9 s, always
  kFailsFirst,     // the first `count` attempts of each delivery
  kFails,          // until `until`
  kHangs,          // until `until`
  kRefuses,        // until `until`
  kFlaps,
  kTooMany,  // 429 with Retry-After, until `until`
  kBadRequest,
  kGone,  // 410 from `until` on
};

struct EndpointPlan {
  Behaviour behaviour = Behaviour::kFast;
  Time until{0};
  int count = 0;
  std::chrono::seconds retry_after{0};
  Time answer_low = std::chrono::milliseconds{5};
  Time answer_high = std::chrono::milliseconds{50};
};

// The customers' endpoints and the way to them.
class Endpoints {
 public:
  struct Request {
    int lane = 0;
    Delivery delivery;
    std::shared_ptr<const Webhook> webhook;
    std::function<MonoTime()> write_before;  // asked when it is to be written
    std::function<void(const HttpResult&)> on_response;
  };
  Endpoints(VirtualClock& clock, Random& random, Checker& checker, CrashPoint* crash)
      : clock_(clock), random_(random), checker_(checker), crash_(crash) {}

  void Plan(const WebhookId& webhook, const EndpointPlan& plan) { plans_[webhook] = plan; }
  const EndpointPlan& plan(const WebhookId& webhook) const { return plans_.at(webhook); }
  void Send(const std::shared_ptr<Life>& life, Request request);

 private:
  struct Answer {
    int status = 0;
    bool hangs = false;
    Time takes{0};
    std::optional<std::chrono::seconds> retry_after;
  };
  Answer AnswerOf(const EndpointPlan& plan, const Delivery& delivery);
  void Write(const std::shared_ptr<Life>& life, const std::shared_ptr<Request>& request, HttpResult result);

  VirtualClock& clock_;
  Random& random_;
  Checker& checker_;
  CrashPoint* const crash_;
  std::map<WebhookId, EndpointPlan> plans_;
};

}  // namespace webhook::sim
