#pragma once

#include <functional>

#include "rpc/watch_client.h"
#include "runtime/inbox.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"
#include "services/delivery-worker/adapters/webhook_copy.h"
#include "services/delivery-worker/adapters/worker_metrics.h"

namespace webhook {

// Tells when the local copy of the webhooks holds all that the registry had committed before the question.
// One call to the registry answers all that asked before it. Where no registry answers within 1 s, or the
// watch stays behind its answer for 30 s, the last copy serves, counted as stale: a worker that alone is cut
// off may miss a new webhook (ADR 0003). Thread: Ask() from any.
class ConfigBarrier {
 public:
  // All outlive the barrier.
  ConfigBarrier(rpc::RegistryClient& registry, const WebhookCopy& webhooks, const WorkerMetrics& metrics);
  ~ConfigBarrier();  // questions that are open are dropped

  // `done` is called once, on the barrier's thread.
  void Ask(std::function<void()> done);

 private:
  void Run();
  void Reach();

  rpc::RegistryClient& registry_;
  const WebhookCopy& webhooks_;
  const WorkerMetrics& metrics_;
  runtime::Inbox<std::function<void()>> inbox_;
  runtime::StopToken stop_;
  bool stale_ = false;  // the thread's
  runtime::Thread thread_;
};

}  // namespace webhook
