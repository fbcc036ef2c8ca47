#include "services/registry/api/operations/account_calls.h"

#include <algorithm>

#include "crypto/api_key.h"
#include "crypto/crypto.h"
#include "crypto/session_token.h"
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

Error SessionOver() {
  return {ErrorCode::kUnauthenticated, kSessionEnded, "there is no session, or it is over: make a new one"};
}

metrics::Counter Failures(metrics::Registry& metrics, const char* reason) {
  return metrics.Make(metrics::kAuthFailures, {{"reason", reason}});
}

}  // namespace

AccountCalls::AccountCalls(postgres::Database& database, Secret pepper, std::int64_t calls_per_minute,
                           const SessionLimits& sessions, metrics::Registry& metrics)
    : database_(database),
      pepper_(std::move(pepper)),
      session_limits_(sessions),
      budget_(CallBudget(calls_per_minute)),
      no_key_(Failures(metrics, "no_key")),
      bad_key_(Failures(metrics, "bad_key")),
      too_many_(Failures(metrics, "too_many")),
      no_scope_(Failures(metrics, "scope")),
      no_session_(Failures(metrics, "session")),
      bad_csrf_(Failures(metrics, "csrf")) {}

void AccountCall::Audit(const std::string& action, const std::string& object) const {
  store::AddAudit(tx, account(),
                  {"", {}, key.id.str(), action, object, caller.request_id, caller.remote_address});
}

Status AccountCalls::Admit(const Caller& caller, const Access& access) const {
  if (!crypto::BearerToken(caller.authorization).empty()) return Ok();
  const bool by_session = caller.browser && access.by_session;
  if (by_session && !caller.browser->token.empty()) return Ok();
  no_key_.Add();
  if (by_session && !access.by_key) return SessionOver();
  return Refused();  // not counted by address: nobody guesses a key with none
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

// Not counted by address: a page that was left open goes on asking, and must not shut its user out. Nor can a
// token be guessed.
Error AccountCalls::RefuseSession() const {
  no_session_.Add();
  return SessionOver();
}

Result<AccountCalls::Known> AccountCalls::FindKey(store::Tx& tx, const Caller& caller) {
  auto key = store::FindLiveKey(tx, crypto::ApiKeyHmac(pepper_, crypto::BearerToken(caller.authorization)));
  if (!key) return RefuseKey(caller);
  return Known{std::move(*key)};
}

Result<AccountCalls::Known> AccountCalls::FindSession(store::Tx& tx, const Browser& browser, WallTime now) {
  auto session = store::FindSession(tx, crypto::SessionHmac(pepper_, browser.token.Reveal()));
  if (!session) return RefuseSession();
  Enter(tx, session->account);
  auto key = store::ReadKey(tx, session->account, session->key);
  if (!key || !SessionLive(*session, *key, session_limits_, now)) return RefuseSession();
  // A page that sends the token with what it reads, too, never shows another session's account as its own.
  if ((!browser.reads || !browser.csrf_token.empty()) &&
      !crypto::ConstantTimeEqual(browser.csrf_token, crypto::CsrfToken(pepper_, browser.token.Reveal()))) {
    bad_csrf_.Add();
    return Error{ErrorCode::kDenied, "csrf_token_wrong",
                 "X-CSRF-Token, which a change needs, is not the session's csrf_token"};
  }
  session_uses_.Lock()->insert_or_assign(session->id, now);
  return Known{std::move(*key), std::move(session)};
}

Result<AccountCalls::Known> AccountCalls::Authenticate(store::Tx& tx, const Caller& caller,
                                                       const Access& access, CallBudget::Answer* budget) {
  const Now now = runtime::ReadClock();
  auto known = caller.browser ? FindSession(tx, *caller.browser, now.wall) : FindKey(tx, caller);
  if (!known) return known;
  const store::ApiKey& key = known->key;
  key_uses_.Lock()->insert_or_assign(key.id, now.wall);
  *budget = budget_.Lock()->Take(key.account.str(), now.mono);
  if (!budget->allowed)
    return Error{ErrorCode::kLimited,
                 "too_many_calls",
                 "the account makes too many calls; repeat later",
                 {},
                 budget->reset};
  if (!known->session && !access.by_key)
    return Error{ErrorCode::kUnauthenticated, "session_needed",
                 "this is for a browser's session, and the call came with an API key"};
  for (const std::string& scope : access.scopes) {
    if (std::find(key.scopes.begin(), key.scopes.end(), scope) != key.scopes.end()) continue;
    no_scope_.Add();
    return Error{ErrorCode::kDenied, "scope_missing", "the API key lacks the scope " + scope};
  }
  if (!known->session) Enter(tx, key.account);
  return known;
}

void AccountCalls::Enter(store::Tx& tx, const AccountId& account) {
  store::SeeOnly(tx, account);
}

AccountCalls::Uses AccountCalls::TakeUses() {
  const auto keys = std::exchange(*key_uses_.Lock(), {});
  const auto sessions = std::exchange(*session_uses_.Lock(), {});
  return {{keys.begin(), keys.end()}, {sessions.begin(), sessions.end()}};
}

}  // namespace webhook
