#include "services/registry/store/secrets.h"

#include <map>
#include <pqxx/pqxx>

#include "crypto/crypto.h"
#include "domain/ids.h"
#include "log/log.h"
#include "runtime/clock.h"
#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

constexpr char kUnreadable[] =
    "The platform cannot read its signing secret; its operator has been told. Rotate the secret to go on.";
constexpr int kLive = 2;  // at once, of one webhook

std::string ContextOf(const std::string& account, const std::string& webhook, const std::string& id) {
  return account + "/" + webhook + "/" + id;
}

}  // namespace

std::string SecretStore::Add(Tx& tx, const AccountId& account, const WebhookId& webhook,
                             const Secret& secret) const {
  const std::string id = TimeOrderedId("secret", runtime::ReadClock().wall, crypto::Random16());
  const std::string sealed = envelope_.Seal(secret.Reveal(), ContextOf(account.str(), webhook.str(), id));
  tx.exec_params0("INSERT INTO webhook_secrets (id, account_id, webhook_id, sealed) VALUES ($1, $2, $3, $4)",
                  id, account.str(), webhook.str(), pqxx::binarystring(sealed));
  return id;
}

std::vector<SecretRow> SecretStore::List(Tx& tx, const AccountId& account, const WebhookId& webhook) const {
  std::vector<SecretRow> secrets;
  const auto rows = tx.exec_params(
      "SELECT id, micros(created_at), micros(expires_at) FROM webhook_secrets WHERE account_id = $1 AND "
      "webhook_id = $2 AND (expires_at IS NULL OR expires_at > now()) ORDER BY expires_at DESC NULLS FIRST, "
      "id DESC",
      account.str(), webhook.str());
  for (const auto& row : rows)
    secrets.push_back({row[0].as<std::string>(), ToTime(row[1]), ToOptionalTime(row[2])});
  return secrets;
}

void SecretStore::ExpireOlder(Tx& tx, const AccountId& account, const WebhookId& webhook,
                              const std::string& newest, std::chrono::seconds overlap) const {
  tx.exec_params0(
      "WITH ranked AS (SELECT id, row_number() OVER (ORDER BY id = $5 DESC, expires_at DESC NULLS FIRST, id "
      "DESC) AS rank "
      "FROM webhook_secrets WHERE account_id = $1 AND webhook_id = $2) "
      "UPDATE webhook_secrets s SET expires_at = CASE WHEN ranked.rank > $4 THEN least(s.expires_at, now()) "
      "ELSE least(s.expires_at, now() + make_interval(secs => $3)) END FROM ranked WHERE s.id = ranked.id "
      "AND ranked.rank > 1",
      account.str(), webhook.str(), overlap.count(), kLive, newest);
}

void SecretStore::Open(Tx& tx, std::vector<Webhook>* webhooks) const {
  std::map<std::string, Webhook*> by_id;
  std::vector<std::string> ids;
  for (Webhook& webhook : *webhooks) {
    by_id[webhook.id.str()] = &webhook;
    ids.push_back(webhook.id.str());
  }
  const auto rows = tx.exec_params(
      "SELECT id, webhook_id, sealed, micros(expires_at) FROM webhook_secrets WHERE webhook_id IN "
      "(SELECT jsonb_array_elements_text($1::jsonb)) AND (expires_at IS NULL OR expires_at > now()) "
      "ORDER BY webhook_id, expires_at DESC NULLS FIRST, id DESC",
      ToJson(ids));
  for (const auto& row : rows) {
    Webhook& webhook = *by_id.at(row[1].as<std::string>());
    auto secret =
        envelope_.Open(pqxx::binarystring(row[2]).str(),
                       ContextOf(webhook.account.str(), webhook.id.str(), row[0].as<std::string>()));
    if (!secret) {
      // Of an older one, the overlap ends early.
      if (webhook.secrets.empty()) {
        webhook.active = false;
        webhook.inactive_reason = kUnreadable;
      }
      log::Error("secret.undecryptable",
                 {{"webhook_id", webhook.id.str()}, {"error", secret.error().message}});
      continue;
    }
    webhook.secrets.push_back({std::move(*secret), ToOptionalTime(row[3])});
  }
}

SecretStore::Rewrapped SecretStore::Rewrap(Tx& tx, const std::string& after, int limit) const {
  tx.exec0("DELETE FROM webhook_secrets WHERE expires_at < now() - interval '1 day'");
  const auto rows = tx.exec_params(
      "SELECT id, account_id, webhook_id, sealed FROM webhook_secrets WHERE substr(sealed, 1, $1) <> $2 AND "
      "id > $4 "
      "ORDER BY id LIMIT $3 FOR UPDATE",
      static_cast<int>(envelope_.header().size()), pqxx::binarystring(envelope_.header()), limit, after);
  Rewrapped done;
  if (rows.size() == static_cast<std::size_t>(limit)) done.last = rows.back()[0].as<std::string>();
  for (const auto& row : rows) {
    const std::string context =
        ContextOf(row[1].as<std::string>(), row[2].as<std::string>(), row[0].as<std::string>());
    const auto fresh = envelope_.Rewrap(pqxx::binarystring(row[3]).str(), context);
    if (!fresh) {
      ++done.unreadable;
      continue;
    }
    tx.exec_params0("UPDATE webhook_secrets SET sealed = $2 WHERE id = $1", row[0].as<std::string>(),
                    pqxx::binarystring(*fresh));
    ++done.sealed;
  }
  done.left =
      tx.exec_params1("SELECT count(*) FROM webhook_secrets WHERE substr(sealed, 1, $1) <> $2",
                      static_cast<int>(envelope_.header().size()), pqxx::binarystring(envelope_.header()))[0]
          .as<std::int64_t>();
  return done;
}

}  // namespace webhook::store
