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
#include "crypto/crypto.h"
#include "domain/webhook.h"
#include "postgres/database.h"

namespace webhook::store {

// A webhook as its owner sees it.
struct WebhookRecord {
  Webhook webhook;  // secrets only where a method says so
  std::string description;
  WallTime created_at{};
  WallTime updated_at{};
};

// Webhooks and their sealed secrets. Each write counts a revision and is told to all watches. From any
// thread; blocks; errors as postgres::Database says.
class WebhookStore {
 public:
  // The envelope seals and opens secrets; both outlive the store.
  WebhookStore(postgres::Database& database, const crypto::Envelope& envelope)
      : database_(database), envelope_(envelope) {}

  // Stores the webhook with its one secret. Returns it with times and revision.
  Result<WebhookRecord> Create(const WebhookRecord& wanted);
  // kNotFound "webhook_not_found", for another account's too.
  Result<WebhookRecord> Get(const AccountId& account, const WebhookId& id);
  // Newest first; `before`: only older ids, empty: from the newest.
  Result<std::vector<WebhookRecord>> List(const AccountId& account, const std::string& before, int limit);
  // Changes the webhook under its row's lock; nothing is written where `change` fails. `if_revision`:
  // kPrecondition "revision_changed" where it has another.
  Result<WebhookRecord> Update(const AccountId& account, const WebhookId& id,
                               const std::optional<std::int64_t>& if_revision,
                               const std::function<Status(WebhookRecord*)>& change);
  // kNotFound "webhook_not_found", for another account's too.
  // kPrecondition as in Update().
  Status Delete(const AccountId& account, const WebhookId& id,
                const std::optional<std::int64_t>& if_revision);
  // Nothing where the webhook is gone, inactive, or changed after the revision.
  Status Deactivate(const WebhookId& id, const std::string& reason, std::int64_t seen_revision);
  // Active ones, with their revisions, that have failed at the beginning and at the end of a time as long as
  // `time`, with no success since, and that nobody has changed for as long.
  Result<std::vector<std::pair<WebhookId, std::int64_t>>> ListFailing(std::chrono::seconds time, int limit);

 private:
  postgres::Database& database_;
  const crypto::Envelope& envelope_;
};

// What a secret is bound to, so that a sealed value copied to another row does not open.
std::string SecretContext(const AccountId& account, const WebhookId& webhook, const std::string& secret_id);

}  // namespace webhook::store
