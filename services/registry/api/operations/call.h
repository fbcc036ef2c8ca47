#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "services/registry/api/operations/account_calls.h"
#include "services/registry/api/operations/document.h"

namespace webhook {

// What a caller gives to an operation, by REST or by gRPC.
struct Input {
  std::string id = {};  // the path's {id}; empty: it has none
  QueryValues query = {};
  nlohmann::json body = nullptr;                 // null: none
  std::string text = {};                         // the body's own bytes; empty by gRPC
  std::optional<std::int64_t> if_revision = {};  // of If-Match
  std::optional<std::string> idempotency_key = {};
  std::vector<FieldViolation> violations = {};  // what the document refuses of query and body
};

// A call that is authenticated.
struct Call {
  AccountCall& in;
  const Operation& operation;
  const Input& input;

  const AccountId& account() const { return in.account(); }
  store::Tx& tx() const { return in.tx; }
  const std::string& id() const { return input.id; }
  const nlohmann::json& body() const { return input.body; }
  bool HasQuery(const char* name) const { return input.query.contains(name); }
  // A value of the query; T{} where it is not given.
  template <typename T>
  T Query(const char* name) const {
    const auto found = input.query.find(name);
    return found == input.query.end() ? T{} : found->second.get<T>();
  }
};

// What a browser is to do with its session's cookie.
struct CookieChange {
  Secret token;  // to keep; empty: none any more
  std::chrono::seconds max_age{};
};

struct Reply {
  int status = 200;                       // as HTTP says it
  nlohmann::ordered_json json = nullptr;  // null: no body
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string object = {};                  // id of what was changed, for the audit log
  std::optional<CookieChange> cookie = {};  // by REST; a repeat by Idempotency-Key does not tell it again
  // Done once all is committed; may change the answer, or fail, and wait. A repeat by Idempotency-Key does
  // not do it again.
  std::function<Status(Reply*)> after_commit = {};
};

struct Handler {
  std::function<Result<Reply>(const Call&)> run;
  // What is wrong with the input beyond what the document can say; empty function: nothing can be. What the
  // document refuses is not in the body and the query that it sees, so that all mistakes are told at once.
  std::function<std::vector<FieldViolation>(const Call&)> check = {};
};
// By the operation's id in the document.
using Handlers = std::map<std::string, Handler>;

}  // namespace webhook
