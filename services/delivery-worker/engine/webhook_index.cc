#include "services/delivery-worker/engine/webhook_index.h"

#include <utility>

namespace webhook {

void WebhookIndex::Replace(std::vector<Entry> webhooks) {
  by_id_.clear();
  by_account_.clear();
  for (Entry& webhook : webhooks) Put(std::move(webhook));
}

void WebhookIndex::Put(Entry webhook) {
  Erase(webhook->id);
  by_account_[webhook->account].push_back(webhook);
  const WebhookId id = webhook->id;
  by_id_.emplace(id, std::move(webhook));
}

void WebhookIndex::Erase(const WebhookId& id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  const auto account = by_account_.find(found->second->account);
  std::erase_if(account->second, [&](const Entry& entry) { return entry->id == id; });
  if (account->second.empty()) by_account_.erase(account);
  by_id_.erase(found);
}

WebhookIndex::Entry WebhookIndex::Find(const WebhookId& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

const std::vector<WebhookIndex::Entry>& WebhookIndex::Of(const AccountId& account) const {
  static const std::vector<Entry> kNone;
  const auto found = by_account_.find(account);
  return found == by_account_.end() ? kNone : found->second;
}

}  // namespace webhook
