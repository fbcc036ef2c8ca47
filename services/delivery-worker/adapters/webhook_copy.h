#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "rpc/watch_client.h"
#include "services/delivery-worker/engine/ports.h"
#include "services/delivery-worker/engine/webhook_index.h"

namespace webhook {

// The worker's copy of all webhooks, fed by the registry's watch. All methods from any thread.
class WebhookCopy : public WebhookDirectory {
 public:
  // From the watch: all webhooks, or a change.
  void Apply(rpc::WebhookWatch::Update update);

  std::shared_ptr<const Webhook> Find(const WebhookId& id) const override;
  std::int64_t revision() const override { return revision_.load(std::memory_order_acquire); }
  std::uint64_t changes() const override { return changes_.load(std::memory_order_acquire); }
  std::shared_ptr<const std::vector<std::shared_ptr<const Webhook>>> Of(
      const AccountId& account) const override;
  // True once the first snapshot is held.
  bool complete() const;
  // False where the revision was not reached in time.
  bool WaitForRevision(std::int64_t revision, std::chrono::milliseconds timeout) const;

 private:
  mutable std::shared_mutex mutex_;
  mutable std::condition_variable_any changed_;
  WebhookIndex index_;
  // Written with the lock: changes_ before the webhooks, revision_ after them. Who reads revision_, then
  // changes_, and then asks, finds webhooks that are older than neither.
  std::atomic<std::uint64_t> changes_{0};
  std::atomic<std::int64_t> revision_{0};
  bool complete_ = false;
};

}  // namespace webhook
