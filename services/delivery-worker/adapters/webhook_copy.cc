#include "services/delivery-worker/adapters/webhook_copy.h"

#include <utility>

namespace webhook {

void WebhookCopy::Apply(rpc::WebhookWatch::Update update) {
  {
    const std::unique_lock lock(mutex_);
    ++changes_;
    if (update.replace_all) {
      index_.Replace(std::move(update.webhooks));
      complete_ = true;
    } else {
      for (auto& webhook : update.webhooks) index_.Put(std::move(webhook));
      for (const WebhookId& id : update.deleted) index_.Erase(id);
    }
    revision_ = update.revision;
  }
  changed_.notify_all();
}

std::shared_ptr<const Webhook> WebhookCopy::Find(const WebhookId& id) const {
  const std::shared_lock lock(mutex_);
  return index_.Find(id);
}

std::shared_ptr<const std::vector<std::shared_ptr<const Webhook>>> WebhookCopy::Of(
    const AccountId& account) const {
  const std::shared_lock lock(mutex_);
  return index_.Of(account);
}

bool WebhookCopy::complete() const {
  const std::shared_lock lock(mutex_);
  return complete_;
}

bool WebhookCopy::WaitForRevision(std::int64_t revision, std::chrono::milliseconds timeout) const {
  std::shared_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return revision_ >= revision; });
}

}  // namespace webhook
