#include "tests/sim/sim_registry.h"

#include <algorithm>

namespace webhook::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

bool SimRegistry::Put(Webhook webhook) {
  if (down()) return false;
  webhook.revision = ++revision_;
  const WebhookId id = webhook.id;
  webhooks_[id] = std::make_shared<const Webhook>(std::move(webhook));
  Tell(id, webhooks_[id]);
  return true;
}

bool SimRegistry::Erase(const WebhookId& id) {
  if (down() || webhooks_.erase(id) == 0) return false;
  ++revision_;
  Tell(id, nullptr);
  return true;
}

SimRegistry::Entry SimRegistry::Find(const WebhookId& id) const {
  const auto found = webhooks_.find(id);
  return found == webhooks_.end() ? nullptr : found->second;
}

void SimRegistry::Tell(const WebhookId& id, const Entry& entry) {
  std::erase_if(copies_, [](const auto& copy) { return copy.expired(); });
  for (const auto& weak : copies_) weak.lock()->Change(id, entry, revision_);
}

std::shared_ptr<WebhookCopy> SimRegistry::Watch(const std::shared_ptr<Life>& life, Time lag) {
  auto copy = std::make_shared<WebhookCopy>(clock_, random_, *this, life, lag);
  copies_.push_back(copy);
  return copy;
}

WebhookCopy::WebhookCopy(VirtualClock& clock, Random& random, const SimRegistry& registry,
                         std::shared_ptr<Life> life, Time lag)
    : clock_(clock),
      random_(random),
      registry_(registry),
      life_(std::move(life)),
      lag_(lag),
      revision_(registry.revision()) {
  std::vector<WebhookIndex::Entry> all;
  for (const auto& [id, entry] : registry.all()) all.push_back(entry);
  index_.Replace(std::move(all));
}

void WebhookCopy::Change(const WebhookId& id, std::shared_ptr<const Webhook> entry, std::int64_t revision) {
  last_ = std::max(last_, clock_.time() + random_.Span(milliseconds{1}, lag_));
  life_->At(last_, [weak = weak_from_this(), id, entry = std::move(entry), revision] {
    const auto self = weak.lock();
    if (!self) return;
    if (entry) {
      self->index_.Put(entry);
    } else {
      self->index_.Erase(id);
    }
    self->revision_ = revision;
    ++self->changes_;
    self->Release();
  });
}

void WebhookCopy::AskBarrier(std::function<void()> reached) {
  const Time way = random_.Span(milliseconds{1}, milliseconds{20});
  clock_.After(way, [weak = weak_from_this(), reached = std::move(reached), way]() mutable {
    const auto self = weak.lock();
    if (!self) return;
    if (self->registry_.down()) return self->life_->After(seconds{1}, std::move(reached));
    self->life_->After(way, [weak, revision = self->registry_.revision(), reached = std::move(reached)] {
      const auto there = weak.lock();
      if (!there) return;
      there->waiting_.emplace_back(revision, reached);
      there->Release();
    });
  });
}

void WebhookCopy::Release() {
  std::vector<std::function<void()>> reached;
  std::erase_if(waiting_, [&](auto& entry) {
    if (entry.first > revision_) return false;
    reached.push_back(std::move(entry.second));
    return true;
  });
  for (const auto& tell : reached) tell();
}

}  // namespace webhook::sim
