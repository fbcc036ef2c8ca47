#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/delivery-worker/engine/ports.h"
#include "services/delivery-worker/engine/webhook_index.h"
#include "tests/sim/life.h"

namespace webhook::sim {

class WebhookCopy;

// The registry: its revision, its webhooks, and the watches that tell the workers of changes.
class SimRegistry {
 public:
  using Entry = std::shared_ptr<const Webhook>;
  SimRegistry(VirtualClock& clock, Random& random) : clock_(clock), random_(random) {}

  // Commits a change; false while it is down.
  bool Put(Webhook webhook);
  bool Erase(const WebhookId& id);
  Entry Find(const WebhookId& id) const;
  const std::map<WebhookId, Entry>& all() const { return webhooks_; }
  std::int64_t revision() const { return revision_; }

  // Answers nobody until then. What was committed before still reaches the workers.
  void GoDown(Time until) { down_until_ = until; }
  bool down() const { return clock_.time() < down_until_; }
  Time down_until() const { return down_until_; }

  // A worker's copy, this much behind.
  std::shared_ptr<WebhookCopy> Watch(const std::shared_ptr<Life>& life, Time lag);

 private:
  void Tell(const WebhookId& id, const Entry& entry);

  VirtualClock& clock_;
  Random& random_;
  std::map<WebhookId, Entry> webhooks_;
  std::int64_t revision_ = 0;
  Time down_until_{0};
  std::vector<std::weak_ptr<WebhookCopy>> copies_;
};

// One worker's copy of the webhooks.
class WebhookCopy : public WebhookDirectory, public std::enable_shared_from_this<WebhookCopy> {
 public:
  WebhookCopy(VirtualClock& clock, Random& random, const SimRegistry& registry, std::shared_ptr<Life> life,
              Time lag);

  std::shared_ptr<const Webhook> Find(const WebhookId& id) const override { return index_.Find(id); }
  std::shared_ptr<const std::vector<std::shared_ptr<const Webhook>>> Of(
      const AccountId& account) const override {
    return index_.Of(account);
  }
  std::int64_t revision() const override { return revision_; }
  std::uint64_t changes() const override { return changes_; }

  void Change(const WebhookId& id, std::shared_ptr<const Webhook> entry, std::int64_t revision);
  // `reached` once the copy holds what was committed by now, or the registry does not say.
  void AskBarrier(std::function<void()> reached);

 private:
  void Release();

  VirtualClock& clock_;
  Random& random_;
  const SimRegistry& registry_;
  const std::shared_ptr<Life> life_;
  const Time lag_;
  WebhookIndex index_;
  std::int64_t revision_ = 0;
  std::uint64_t changes_ = 0;
  Time last_{0};
  std::vector<std::pair<std::int64_t, std::function<void()>>> waiting_;
};

}  // namespace webhook::sim
