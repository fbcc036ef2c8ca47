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
#include "services/registry/api/operations/call_budget.h"
#include "services/registry/api/operations/failed_logins.h"
#include "services/registry/store/accounts.h"
#include "services/registry/store/tx.h"

namespace webhook {

// Who calls, as the transport tells it.
struct Caller {
  std::string authorization;  // "Bearer whk_…"; empty: none, or more than one
  std::string remote_address;
  std::string request_id;
  std::string traceparent = {};  // W3C trace context as it was sent, well formed or not; empty: none
  std::string tracestate = {};
};

// One call of an account's key: all that it reads and writes is that account's, and is committed together.
struct AccountCall {
  store::Tx& tx;
  const store::ApiKey key;
  const Caller& caller;
  const CallBudget::Answer budget;  // the account's, this call counted

  const AccountId& account() const { return key.account; }
  // Notes a change in the account's audit log. `action`: the operation's id in the API's description.
  void Audit(const std::string& action, const std::string& object) const;
};

// The door for all calls with an API key, by REST and by gRPC: authentication, scopes, the budget of calls,
// and row security. From any thread; blocks.
class AccountCalls {
 public:
  AccountCalls(postgres::Database& database, Secret pepper, std::int64_t calls_per_minute,
               metrics::Registry& metrics);

  // Authenticates the caller and runs fn in the same transaction, which is taken back where fn fails.
  // kUnauthenticated; kDenied "scope_missing"; kLimited "too_many_failed_logins" or "too_many_calls".
  // `budget`: what is left of the account's, where it was asked. What fn does beside the transaction must
  // bear to be done again: the commit may fail.
  template <typename T>
  Result<T> Run(const char* what, const Caller& caller, const std::vector<std::string>& scopes,
                const std::function<Result<T>(AccountCall&)>& fn, CallBudget::Answer* budget = nullptr) {
    if (Status admitted = Admit(caller); !admitted) return admitted.error();
    return database_.Transact<T>(what, [&](store::Tx& tx) -> Result<T> {
      CallBudget::Answer left;
      auto key = Authenticate(tx, caller, scopes, &left);
      if (budget != nullptr) *budget = left;
      if (!key) return key.error();
      AccountCall call{tx, std::move(*key), caller, left};
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

  // Keys that were used since the last call, and when.
  std::vector<std::pair<ApiKeyId, WallTime>> TakeUses();

 private:
  // Before the database is asked.
  Status Admit(const Caller& caller) const;
  Error RefuseKey(const Caller& caller);
  Result<store::ApiKey> Authenticate(store::Tx& tx, const Caller& caller,
                                     const std::vector<std::string>& scopes, CallBudget::Answer* budget);
  static void Enter(store::Tx& tx, const AccountId& account);

  postgres::Database& database_;
  const Secret pepper_;
  Guarded<FailedLogins> failed_logins_;
  Guarded<CallBudget> budget_;
  Guarded<std::map<ApiKeyId, WallTime>> uses_;
  const metrics::Counter no_key_;
  const metrics::Counter bad_key_;
  const metrics::Counter too_many_;
  const metrics::Counter no_scope_;
};

}  // namespace webhook
