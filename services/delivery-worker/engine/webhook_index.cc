#include "services/delivery-worker/engine/webhook_index.h"

#include <utility>

namespace webhook {

void WebhookIndex::Replace(std::vector<Entry> webhooks) {
  by_id_.clear();
  by_account_.clear();
  for (Entry& webhook : webhooks) {
    if (by_id_.contains(webhook->id)) {
      Put(std::move(webhook));
      continue;
    }
    auto& of_account = by_account_[webhook->account];
    if (!of_account) of_account = std::make_shared<std::vector<Entry>>();
    of_account->push_back(webhook);
    const WebhookId id = webhook->id;
    by_id_.emplace(id, std::move(webhook));
  }
}

void WebhookIndex::Put(Entry webhook) {
  Erase(webhook->id);
  auto& of_account = by_account_[webhook->account];
  of_account =
      of_account ? std::make_shared<std::vector<Entry>>(*of_account) : std::make_shared<std::vector<Entry>>();
  of_account->push_back(webhook);
  const WebhookId id = webhook->id;
  by_id_.emplace(id, std::move(webhook));
}

void WebhookIndex::Erase(const WebhookId& id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  const auto account = by_account_.find(found->second->account);
  auto rest = std::make_shared<std::vector<Entry>>(*account->second);
  std::erase_if(*rest, [&](const Entry& entry) { return entry->id == id; });
  if (rest->empty()) {
    by_account_.erase(account);
  } else {
    account->second = std::move(rest);
  }
  by_id_.erase(found);
}

WebhookIndex::Entry WebhookIndex::Find(const WebhookId& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::shared_ptr<const std::vector<WebhookIndex::Entry>> WebhookIndex::Of(const AccountId& account) const {
  static const auto kNone = std::make_shared<const std::vector<Entry>>();
  const auto found = by_account_.find(account);
  return found == by_account_.end() ? kNone : found->second;
}

}  // namespace webhook
