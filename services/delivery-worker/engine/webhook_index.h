#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "domain/webhook.h"

namespace webhook {

// All webhooks, by id and by account. Pure; no lock.
class WebhookIndex {
 public:
  using Entry = std::shared_ptr<const Webhook>;

  void Replace(std::vector<Entry> webhooks);
  void Put(Entry webhook);
  void Erase(const WebhookId& id);

  Entry Find(const WebhookId& id) const;  // null: none
  // Of one account, in no order; never null. A change makes another list.
  std::shared_ptr<const std::vector<Entry>> Of(const AccountId& account) const;
  std::size_t size() const { return by_id_.size(); }

 private:
  std::unordered_map<WebhookId, Entry> by_id_;
  std::unordered_map<AccountId, std::shared_ptr<std::vector<Entry>>> by_account_;
};

}  // namespace webhook
