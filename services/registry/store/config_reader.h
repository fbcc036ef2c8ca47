#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "crypto/envelope.h"
#include "domain/webhook.h"
#include "postgres/database.h"
#include "services/registry/store/secrets.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

// Webhooks with their secrets in clear, as the watch sends them. One whose secret cannot be opened is
// inactive in it, with the reason.
struct ConfigPart {
  std::int64_t revision = 0;
  std::vector<Webhook> webhooks;
  std::vector<WebhookId> deleted;
  bool publishers_changed = false;
  bool too_old = false;  // what was asked for is forgotten: only a whole copy helps
};

struct Publishers {
  struct Key {
    ApiKeyId id;
    std::string hmac;
    std::optional<WallTime> expires_at;
  };
  std::int64_t revision = 0;
  std::vector<Key> keys;  // live ones with the scope events:publish
  std::vector<std::string> account_ids;
  std::vector<std::string> event_types;
  std::map<std::string, std::string> event_schemas;  // of those that have one
};

// Reads configuration for the watches (ADR 0003). From any thread; blocks; errors as
// postgres::Database says.
class ConfigReader {
 public:
  ConfigReader(postgres::Database& database, const crypto::Envelope& envelope)
      : database_(database), secrets_(envelope) {}

  // The newest committed revision.
  Result<std::int64_t> Revision();
  // Up to `limit` webhooks with ids after this one. `revision` is the newest when it was read. Pages that are
  // read one after the other, followed by Changes() since the first page's revision, are a whole copy.
  Result<ConfigPart> Page(const WebhookId& after, int limit);
  // What was changed after `since`, as it is now: up to `limit` changes; `revision` says how far it goes. Or
  // too_old.
  Result<ConfigPart> Changes(std::int64_t since, int limit);
  Result<Publishers> ReadPublishers();
  // Forgets all changes but the newest kChangesKept.
  static void ForgetOldChanges(Tx& tx);
  static constexpr std::int64_t kChangesKept = 100'000;

 private:
  postgres::Database& database_;
  const SecretStore secrets_;
};

}  // namespace webhook::store
