#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "domain/ids.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

struct Account {
  AccountId id;
  std::string name;
  WallTime created_at{};
};

struct ApiKey {
  ApiKeyId id;
  AccountId account;
  std::string name;  // for people; may be empty
  std::vector<std::string> scopes;
  WallTime created_at{};
  std::optional<WallTime> expires_at;
  std::optional<WallTime> last_used_at;  // to about a minute
  std::optional<WallTime> revoked_at;
};

// What a scope may be.
const std::vector<std::string>& AllScopes();

// kConflict "account_exists" where the name is taken.
Result<Account> CreateAccount(Tx& tx, const AccountId& id, const std::string& name);
std::vector<Account> ListAccounts(Tx& tx);
// kNotFound "account_not_found".
Result<Account> ReadAccount(Tx& tx, const AccountId& id);

// `wanted`: id, account, name, scopes and expires_at. key_hmac: crypto::ApiKeyHmac of the key's text.
// kNotFound "account_not_found".
Result<ApiKey> CreateKey(Tx& tx, const ApiKey& wanted, const std::string& key_hmac);
// Newest first; `before`: only older ids, empty: from the newest.
std::vector<ApiKey> ListKeys(Tx& tx, const AccountId& account, const std::string& before, int limit);
// kNotFound "api_key_not_found"; a key that is revoked or expired is there.
Result<ApiKey> ReadKey(Tx& tx, const AccountId& account, const ApiKeyId& id);
// Idempotent. kNotFound "api_key_not_found", for another account's too. An empty account: of any.
Result<ApiKey> RevokeKey(Tx& tx, const AccountId& account, const ApiKeyId& id);
// The key that is live now; nullopt: none. Sees all accounts' keys: who asks is not known yet.
std::optional<ApiKey> FindLiveKey(Tx& tx, const std::string& key_hmac);
// Notes that keys were used, and when; never goes back.
void NoteUse(Tx& tx, const std::vector<std::pair<ApiKeyId, WallTime>>& used);

}  // namespace webhook::store
