#include "services/registry/api/operations/account_calls.h"

#include <algorithm>

#include "crypto/api_key.h"
#include "crypto/crypto.h"
#include "domain/ids.h"
#include "metrics/families.h"
#include "runtime/clock.h"
#include "services/registry/store/audit_log.h"
#include "services/registry/store/row_security.h"

namespace webhook {
namespace {

Error Refused() {
  return {ErrorCode::kUnauthenticated, "unauthenticated",
          "send Authorization: Bearer <API key> with a key that exists, is not revoked and has not expired"};
}

metrics::Counter Failures(metrics::Registry& metrics, const char* reason) {
  return metrics.Make(metrics::kAuthFailures, {{"reason", reason}});
}

}  // namespace

AccountCalls::AccountCalls(postgres::Database& database, Secret pepper, std::int64_t calls_per_minute,
                           metrics::Registry& metrics)
    : database_(database),
      pepper_(std::move(pepper)),
      budget_(CallBudget(calls_per_minute)),
      no_key_(Failures(metrics, "no_key")),
      bad_key_(Failures(metrics, "bad_key")),
      too_many_(Failures(metrics, "too_many")),
      no_scope_(Failures(metrics, "scope")) {}

void AccountCall::Audit(const std::string& action, const std::string& object) const {
  store::AddAudit(tx, account(),
                  {"", {}, key.id.str(), action, object, caller.request_id, caller.remote_address});
}

Status AccountCalls::Admit(const Caller& caller) const {
  if (!crypto::BearerToken(caller.authorization).empty()) return Ok();
  no_key_.Add();
  return Refused();  // not counted: nobody guesses a key with none
}

// A good key is never refused for what others do behind the same address.
Error AccountCalls::RefuseKey(const Caller& caller) {
  const MonoTime now = runtime::ReadClock().mono;
  auto failed = failed_logins_.Lock();
  if (const auto wait = failed->Wait(caller.remote_address, now)) {
    too_many_.Add();
    return {ErrorCode::kLimited,
            "too_many_failed_logins",
            "too many calls from this address had no valid API key; repeat later",
            {},
            wait};
  }
  failed->Note(caller.remote_address, now);
  bad_key_.Add();
  return Refused();
}

Result<store::ApiKey> AccountCalls::Authenticate(store::Tx& tx, const Caller& caller,
                                                 const std::vector<std::string>& scopes,
                                                 CallBudget::Answer* budget) {
  const Now now = runtime::ReadClock();
  auto key = store::FindLiveKey(tx, crypto::ApiKeyHmac(pepper_, crypto::BearerToken(caller.authorization)));
  if (!key) return RefuseKey(caller);
  uses_.Lock()->insert_or_assign(key->id, now.wall);
  *budget = budget_.Lock()->Take(key->account.str(), now.mono);
  if (!budget->allowed)
    return Error{ErrorCode::kLimited,
                 "too_many_calls",
                 "the account makes too many calls; repeat later",
                 {},
                 budget->reset};
  for (const std::string& scope : scopes) {
    if (std::find(key->scopes.begin(), key->scopes.end(), scope) != key->scopes.end()) continue;
    no_scope_.Add();
    return Error{ErrorCode::kDenied, "scope_missing", "the API key lacks the scope " + scope};
  }
  Enter(tx, key->account);
  return std::move(*key);
}

void AccountCalls::Enter(store::Tx& tx, const AccountId& account) {
  store::SeeOnly(tx, account);
}

std::vector<std::pair<ApiKeyId, WallTime>> AccountCalls::TakeUses() {
  const auto uses = std::exchange(*uses_.Lock(), {});
  return {uses.begin(), uses.end()};
}

}  // namespace webhook
