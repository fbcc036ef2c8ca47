#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "domain/webhook.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

// A webhook as its owner sees it.
struct WebhookRecord {
  Webhook webhook;  // without its secrets
  std::string description;
  std::optional<WallTime> inactive_since;  // of this inactivity; nullopt: it is active
  WallTime created_at{};
  WallTime updated_at{};
};

// Which webhooks a list shows; nullopt, empty text: any.
struct WebhookFilter {
  std::optional<bool> active;
  std::string event_type;  // that would get it
  std::string url_prefix;
};

// Webhooks. Each write counts a revision and is told to all watches (values.h). Their secrets: secrets.h.

// `wanted` without times and revision. Returns it with them.
WebhookRecord InsertWebhook(Tx& tx, const WebhookRecord& wanted);
// kNotFound "webhook_not_found", for another account's too.
Result<WebhookRecord> ReadWebhook(Tx& tx, const AccountId& account, const WebhookId& id);
// Newest first; `before`: only older ids, empty: from the newest.
std::vector<WebhookRecord> ListWebhooks(Tx& tx, const AccountId& account, const WebhookFilter& filter,
                                        const std::string& before, int limit);
std::int64_t CountWebhooks(Tx& tx, const AccountId& account);
struct WebhookCounts {
  std::int64_t active = 0;
  std::int64_t inactive = 0;
};
WebhookCounts CountAllWebhooks(Tx& tx);  // of all accounts
// Changes the webhook under its row's lock. kNotFound as above; `if_revision`: kPrecondition
// "revision_changed" where it has another.
Result<WebhookRecord> UpdateWebhook(Tx& tx, const AccountId& account, const WebhookId& id,
                                    const std::optional<std::int64_t>& if_revision,
                                    const std::function<Status(WebhookRecord*)>& change);
// As UpdateWebhook().
Status DeleteWebhook(Tx& tx, const AccountId& account, const WebhookId& id,
                     const std::optional<std::int64_t>& if_revision);
// The platform's own act, with a line in the audit log. False: the webhook is gone, inactive, or was changed
// after the revision.
bool DeactivateWebhook(Tx& tx, const WebhookId& id, const std::string& reason, std::int64_t seen_revision);
// Active ones, with their revisions, that have failed at the beginning and at the end of a time as long as
// `time`, with no success since, and that nobody has changed for as long.
std::vector<std::pair<WebhookId, std::int64_t>> ListFailingWebhooks(Tx& tx, std::chrono::seconds time,
                                                                    int limit);

}  // namespace webhook::store
