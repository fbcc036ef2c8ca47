#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "domain/ids.h"
#include "postgres/database.h"

namespace webhook::store {

struct Account {
  AccountId id;
  std::string name;
  WallTime created_at{};
};

struct ApiKey {
  ApiKeyId id;
  AccountId account;
  std::vector<std::string> scopes;
  WallTime created_at{};
  std::optional<WallTime> revoked_at;
};

// What a scope may be.
const std::vector<std::string>& AllScopes();

// Accounts and their API keys. From any thread; blocks; errors as postgres::Database says.
class AccountStore {
 public:
  explicit AccountStore(postgres::Database& database) : database_(database) {}

  // kConflict "account_exists" where the name is taken.
  Result<Account> CreateAccount(const AccountId& id, const std::string& name);
  Result<std::vector<Account>> ListAccounts();

  // key_hmac: crypto::ApiKeyHmac of the key's text. kNotFound "account_not_found".
  Result<ApiKey> CreateKey(const ApiKeyId& id, const AccountId& account, const std::string& key_hmac,
                           const std::vector<std::string>& scopes);
  Result<std::vector<ApiKey>> ListKeys(const AccountId& account);
  // Idempotent. kNotFound "api_key_not_found".
  Status RevokeKey(const ApiKeyId& id);
  // The live key; nullopt: none.
  Result<std::optional<ApiKey>> FindKey(const std::string& key_hmac);

 private:
  postgres::Database& database_;
};

}  // namespace webhook::store
