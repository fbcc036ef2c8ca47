#pragma once

#include <chrono>

#include "metrics/metrics.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"
#include "services/registry/store/webhooks.h"

namespace webhook {

// Deactivates webhooks whose endpoints have only failed for long: once a minute, on a thread of its own.
// Replicas may all run it: a webhook is deactivated once.
class FailingWebhooks {
 public:
  // `after`: how long it must have failed, and not have been changed. The store must outlive this.
  FailingWebhooks(store::WebhookStore& webhooks, std::chrono::seconds after, metrics::Registry& metrics);
  ~FailingWebhooks();  // ends the thread

 private:
  void Run();
  void Look();

  store::WebhookStore& webhooks_;
  const std::chrono::seconds after_;
  metrics::Counter deactivated_;
  runtime::StopToken stop_;
  runtime::Thread thread_;
};

}  // namespace webhook
