#include "services/registry/store/accounts.h"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include "core/encoding.h"
#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

constexpr char kKeyColumns[] =
    "id, account_id, name, scopes, micros(created_at), micros(expires_at), micros(last_used_at), "
    "micros(revoked_at)";

ApiKey ToKey(const pqxx::row& row) {
  ApiKey key;
  key.id = ApiKeyId(row[0].as<std::string>());
  key.account = AccountId(row[1].as<std::string>());
  key.name = row[2].as<std::string>();
  key.scopes = ToStrings(row[3]);
  key.created_at = ToTime(row[4]);
  key.expires_at = ToOptionalTime(row[5]);
  key.last_used_at = ToOptionalTime(row[6]);
  key.revoked_at = ToOptionalTime(row[7]);
  return key;
}

// Processes that let publish hold the keys that may.
void NotePublisher(Tx& tx, const ApiKey& key) {
  if (std::find(key.scopes.begin(), key.scopes.end(), "events:publish") != key.scopes.end())
    NoteChange(tx, "publisher", key.id.str());
}

Account ToAccount(const pqxx::row& row) {
  return {AccountId(row[0].as<std::string>()), row[1].as<std::string>(), ToTime(row[2])};
}

}  // namespace

const std::vector<std::string>& AllScopes() {
  static const std::vector<std::string> scopes = {"webhooks:read", "webhooks:write", "deliveries:read",
                                                  "redeliver",     "events:publish", "event-types:write",
                                                  "admin",         "operator"};
  return scopes;
}

Result<Account> CreateAccount(Tx& tx, const AccountId& id, const std::string& name) {
  const auto rows = tx.exec_params(
      "INSERT INTO accounts (id, name) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING "
      "RETURNING id, name, micros(created_at)",
      id.str(), name);
  if (rows.empty())
    return Error{ErrorCode::kConflict, "account_exists", "an account named \"" + name + "\" exists"};
  NoteChange(tx, "publisher", id.str());
  return ToAccount(rows[0]);
}

std::vector<Account> ListAccounts(Tx& tx) {
  std::vector<Account> accounts;
  for (const auto& row : tx.exec("SELECT id, name, micros(created_at) FROM accounts ORDER BY id"))
    accounts.push_back(ToAccount(row));
  return accounts;
}

Result<Account> ReadAccount(Tx& tx, const AccountId& id) {
  const auto rows =
      tx.exec_params("SELECT id, name, micros(created_at) FROM accounts WHERE id = $1", id.str());
  if (rows.empty()) return Error{ErrorCode::kNotFound, "account_not_found", "no account " + id.str()};
  return ToAccount(rows[0]);
}

Result<ApiKey> CreateKey(Tx& tx, const ApiKey& wanted, const std::string& key_hmac) {
  const std::optional<std::int64_t> expires =
      wanted.expires_at ? std::optional(ToMicros(*wanted.expires_at)) : std::nullopt;
  const auto rows = tx.exec_params(
      std::string(
          "INSERT INTO api_keys (id, account_id, key_hmac, scopes, name, expires_at) "
          "SELECT $1, id, $3, $4::jsonb, $5, from_micros($6) FROM accounts WHERE id = $2 RETURNING ") +
          kKeyColumns,
      wanted.id.str(), wanted.account.str(), pqxx::binarystring(key_hmac), ToJson(wanted.scopes), wanted.name,
      expires);
  if (rows.empty())
    return Error{ErrorCode::kNotFound, "account_not_found", "no account " + wanted.account.str()};
  NotePublisher(tx, wanted);
  return ToKey(rows[0]);
}

std::vector<ApiKey> ListKeys(Tx& tx, const AccountId& account, const std::string& before, int limit) {
  std::vector<ApiKey> keys;
  const auto rows = tx.exec_params(
      std::string("SELECT ") + kKeyColumns +
          " FROM api_keys WHERE account_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3",
      account.str(), before, limit);
  for (const auto& row : rows) keys.push_back(ToKey(row));
  return keys;
}

Result<ApiKey> ReadKey(Tx& tx, const AccountId& account, const ApiKeyId& id) {
  const auto rows = tx.exec_params(
      std::string("SELECT ") + kKeyColumns + " FROM api_keys WHERE account_id = $1 AND id = $2",
      account.str(), id.str());
  if (rows.empty()) return Error{ErrorCode::kNotFound, "api_key_not_found", "no API key " + id.str()};
  return ToKey(rows[0]);
}

Result<ApiKey> RevokeKey(Tx& tx, const AccountId& account, const ApiKeyId& id) {
  const std::string of =
      " WHERE id = " + tx.quote(id.str()) + " AND (" + tx.quote(account.str()) + " IN ('', account_id))";
  const auto revoked = tx.exec("UPDATE api_keys SET revoked_at = now()" + of +
                               " AND revoked_at IS NULL RETURNING " + kKeyColumns);
  if (!revoked.empty()) {
    ApiKey key = ToKey(revoked[0]);
    NotePublisher(tx, key);
    return key;
  }
  const auto known = tx.exec(std::string("SELECT ") + kKeyColumns + " FROM api_keys" + of);
  if (known.empty()) return Error{ErrorCode::kNotFound, "api_key_not_found", "no API key " + id.str()};
  return ToKey(known[0]);
}

std::optional<ApiKey> FindLiveKey(Tx& tx, const std::string& key_hmac) {
  // Row security shows the row to who knows its HMAC.
  const std::string hmac = tx.quote(ToHex(key_hmac));
  const auto rows = tx.exec("SELECT set_config('webhook.key_hmac', " + hmac + ", true); SELECT " +
                            kKeyColumns + " FROM api_keys WHERE key_hmac = decode(" + hmac +
                            ", 'hex') AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())");
  return rows.empty() ? std::nullopt : std::optional(ToKey(rows[0]));
}

void NoteUse(Tx& tx, const std::vector<std::pair<ApiKeyId, WallTime>>& used) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& [id, at] : used) list.push_back({{"id", id.str()}, {"at", ToMicros(at)}});
  // In the order of their ids: two replicas that do this at once wait for each other, and never both ways.
  tx.exec_params0(
      "WITH used AS (SELECT k.id, u.at FROM jsonb_to_recordset($1::jsonb) AS u (id text, at bigint) "
      "JOIN api_keys k USING (id) ORDER BY k.id FOR UPDATE OF k) "
      "UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, from_micros(used.at)) FROM used "
      "WHERE k.id = used.id",
      list.dump());
}

}  // namespace webhook::store
