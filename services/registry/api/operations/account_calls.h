#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/guarded.h"
#include "core/result.h"
#include "core/secret.h"
#include "core/time.h"
#include "metrics/metrics.h"
#include "postgres/database.h"
#include "services/registry/api/operations/access.h"
#include "services/registry/api/operations/call_budget.h"
#include "services/registry/api/operations/failed_logins.h"
#include "services/registry/api/operations/session_rules.h"
#include "services/registry/store/accounts.h"
#include "services/registry/store/sessions.h"
#include "services/registry/store/tx.h"

namespace webhook {

// The code of the error by which a browser learns that its session is over.
inline constexpr char kSessionEnded[] = "session_ended";

// What a browser shows in place of an API key.
struct Browser {
  Secret token;            // of its session; empty: none
  std::string csrf_token;  // shown beside the token; empty: none, or more than one
  bool reads = false;      // the call changes nothing, so that it needs no csrf_token
};

// Who calls, as the transport tells it.
struct Caller {
  std::string authorization;  // "Bearer whk_…"; empty: none, or more than one
  std::string remote_address;
  std::string request_id;
  std::string traceparent = {};  // W3C trace context as it was sent, well formed or not; empty: none
  std::string tracestate = {};
  std::optional<Browser> browser = {};  // only of a call that has no Authorization, and by REST
};

// One call of an account's key: all that it reads and writes is that account's, and is committed together.
struct AccountCall {
  store::Tx& tx;
  const store::ApiKey key;
  const std::optional<store::Session> session;  // by which the key acts; nullopt: it came itself
  const Caller& caller;
  const CallBudget::Answer budget;  // the account's, this call counted

  const AccountId& account() const { return key.account; }
  // Notes a change in the account's audit log. `action`: the operation's id in the API's description.
  void Audit(const std::string& action, const std::string& object) const;
};

// The door for all calls with an API key, by REST and by gRPC, and for those of browsers' sessions, each of
// which is its key: authentication, scopes, the budget of calls, and row security. From any thread; blocks.
class AccountCalls {
 public:
  // `calls_per_minute`: of one account, that this process takes in a window of 60 s; 0: any number.
  AccountCalls(postgres::Database& database, Secret pepper, std::int64_t calls_per_minute,
               const SessionLimits& sessions, metrics::Registry& metrics);

  // Authenticates the caller and runs fn, on this thread, in the same transaction, which is taken back where
  // fn fails. kUnauthenticated: "unauthenticated", there is no good key; "session_ended", the session is not
  // live, or there is none where only one serves; "session_needed", a key came where only a session serves.
  // kDenied "scope_missing" or "csrf_token_wrong"; kLimited "too_many_failed_logins" or "too_many_calls".
  // `budget`: what is left of the account's, where it was asked. What fn does beside the transaction must
  // bear to be done again: the commit may fail.
  template <typename T>
  Result<T> Run(const char* what, const Caller& caller, const Access& access,
                const std::function<Result<T>(AccountCall&)>& fn, CallBudget::Answer* budget = nullptr) {
    if (Status admitted = Admit(caller, access); !admitted) return admitted.error();
    return database_.Transact<T>(what, [&](store::Tx& tx) -> Result<T> {
      CallBudget::Answer left;
      auto known = Authenticate(tx, caller, access, &left);
      if (budget != nullptr) *budget = left;
      if (!known) return known.error();
      AccountCall call{tx, std::move(known->key), std::move(known->session), caller, left};
      return fn(call);
    });
  }

  // Runs fn later for an account that was authenticated before.
  template <typename T>
  Result<T> RunFor(const char* what, const AccountId& account,
                   const std::function<Result<T>(store::Tx&)>& fn) {
    return database_.Transact<T>(what, [&](store::Tx& tx) -> Result<T> {
      Enter(tx, account);
      return fn(tx);
    });
  }

  // What was used since the last call, and when.
  struct Uses {
    std::vector<std::pair<ApiKeyId, WallTime>> keys;  // by sessions too
    std::vector<std::pair<SessionId, WallTime>> sessions;
  };
  Uses TakeUses();

 private:
  struct Known {
    store::ApiKey key;
    std::optional<store::Session> session = {};
  };

  // Before the database is asked.
  Status Admit(const Caller& caller, const Access& access) const;
  Error RefuseKey(const Caller& caller);
  Error RefuseSession() const;
  Result<Known> FindKey(store::Tx& tx, const Caller& caller);
  Result<Known> FindSession(store::Tx& tx, const Browser& browser, WallTime now);
  Result<Known> Authenticate(store::Tx& tx, const Caller& caller, const Access& access,
                             CallBudget::Answer* budget);
  static void Enter(store::Tx& tx, const AccountId& account);

  postgres::Database& database_;
  const Secret pepper_;
  const SessionLimits session_limits_;
  Guarded<FailedLogins> failed_logins_;
  Guarded<CallBudget> budget_;
  Guarded<std::map<ApiKeyId, WallTime>> key_uses_;
  Guarded<std::map<SessionId, WallTime>> session_uses_;
  const metrics::Counter no_key_;
  const metrics::Counter bad_key_;
  const metrics::Counter too_many_;
  const metrics::Counter no_scope_;
  const metrics::Counter no_session_;
  const metrics::Counter bad_csrf_;
};

}  // namespace webhook
