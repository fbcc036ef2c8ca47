#pragma once

#include <atomic>

#include "rpc/watch_client.h"
#include "runtime/worker_pool.h"
#include "services/delivery-worker/engine/ports.h"

namespace webhook {

// Asks the registry to deactivate webhooks, off the lanes' threads. At most 256 requests wait; one that finds
// no room or no registry is dropped: the endpoint's next 410 asks again.
class Deactivator : public DeactivatePort {
 public:
  // The registry client must outlive this.
  explicit Deactivator(rpc::RegistryClient& registry);
  ~Deactivator() override { stopping_ = true; }  // drops what waits

  void Deactivate(const WebhookId& webhook, const std::string& reason, std::int64_t revision) override;

 private:
  rpc::RegistryClient& registry_;
  std::atomic<bool> stopping_{false};
  runtime::WorkerPool pool_;
};

}  // namespace webhook
