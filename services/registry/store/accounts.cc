#include "services/registry/store/accounts.h"

#include <pqxx/pqxx>

#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

constexpr char kKeyColumns[] = "id, account_id, scopes, micros(created_at), micros(revoked_at)";

ApiKey ToKey(const pqxx::row& row) {
  ApiKey key;
  key.id = ApiKeyId(row[0].as<std::string>());
  key.account = AccountId(row[1].as<std::string>());
  key.scopes = ToStrings(row[2]);
  key.created_at = ToTime(row[3]);
  key.revoked_at = ToOptionalTime(row[4]);
  return key;
}

Account ToAccount(const pqxx::row& row) {
  return {AccountId(row[0].as<std::string>()), row[1].as<std::string>(), ToTime(row[2])};
}

}  // namespace

const std::vector<std::string>& AllScopes() {
  static const std::vector<std::string> scopes = {"webhooks:read", "webhooks:write", "deliveries:read",
                                                  "redeliver",     "events:publish", "admin"};
  return scopes;
}

Result<Account> AccountStore::CreateAccount(const AccountId& id, const std::string& name) {
  auto created =
      database_.Transact<Account>("create account", [&](pqxx::dbtransaction& transaction) -> Result<Account> {
        const auto row = transaction.exec_params1(
            "INSERT INTO accounts (id, name) VALUES ($1, $2) RETURNING id, name, micros(created_at)",
            id.str(), name);
        NoteChange(transaction, "publisher", id.str());
        return ToAccount(row);
      });
  if (!created && created.error().code == ErrorCode::kConflict)
    return Error{ErrorCode::kConflict, "account_exists", "an account named \"" + name + "\" exists"};
  return created;
}

Result<std::vector<Account>> AccountStore::ListAccounts() {
  return database_.Transact<std::vector<Account>>(
      "list accounts", [](pqxx::dbtransaction& transaction) -> Result<std::vector<Account>> {
        std::vector<Account> accounts;
        for (const auto& row :
             transaction.exec("SELECT id, name, micros(created_at) FROM accounts ORDER BY id"))
          accounts.push_back(ToAccount(row));
        return accounts;
      });
}

Result<ApiKey> AccountStore::CreateKey(const ApiKeyId& id, const AccountId& account,
                                       const std::string& key_hmac, const std::vector<std::string>& scopes) {
  return database_.Transact<ApiKey>("create key", [&](pqxx::dbtransaction& transaction) -> Result<ApiKey> {
    const auto rows = transaction.exec_params(
        std::string("INSERT INTO api_keys (id, account_id, key_hmac, scopes) "
                    "SELECT $1, id, $3, $4::jsonb FROM accounts WHERE id = $2 RETURNING ") +
            kKeyColumns,
        id.str(), account.str(), pqxx::binarystring(key_hmac), ToJson(scopes));
    if (rows.empty()) return Error{ErrorCode::kNotFound, "account_not_found", "no account " + account.str()};
    NoteChange(transaction, "publisher", id.str());
    return ToKey(rows[0]);
  });
}

Result<std::vector<ApiKey>> AccountStore::ListKeys(const AccountId& account) {
  return database_.Transact<std::vector<ApiKey>>(
      "list keys", [&](pqxx::dbtransaction& transaction) -> Result<std::vector<ApiKey>> {
        std::vector<ApiKey> keys;
        const auto rows = transaction.exec_params(
            std::string("SELECT ") + kKeyColumns + " FROM api_keys WHERE account_id = $1 ORDER BY id",
            account.str());
        for (const auto& row : rows) keys.push_back(ToKey(row));
        return keys;
      });
}

Status AccountStore::RevokeKey(const ApiKeyId& id) {
  return database_.Transact<Done>("revoke key", [&](pqxx::dbtransaction& transaction) -> Status {
    const auto rows = transaction.exec_params(
        "UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING id", id.str());
    if (rows.empty()) return Error{ErrorCode::kNotFound, "api_key_not_found", "no API key " + id.str()};
    NoteChange(transaction, "publisher", id.str());
    return Ok();
  });
}

Result<std::optional<ApiKey>> AccountStore::FindKey(const std::string& key_hmac) {
  return database_.Transact<std::optional<ApiKey>>(
      "find key", [&](pqxx::dbtransaction& transaction) -> Result<std::optional<ApiKey>> {
        const auto rows =
            transaction.exec_params(std::string("SELECT ") + kKeyColumns +
                                        " FROM api_keys WHERE key_hmac = $1 AND revoked_at IS NULL",
                                    pqxx::binarystring(key_hmac));
        return rows.empty() ? std::nullopt : std::optional(ToKey(rows[0]));
      });
}

}  // namespace webhook::store
