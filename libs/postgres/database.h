#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "postgres/binary_rows.h"

namespace pqxx {
class dbtransaction;
}  // namespace pqxx

namespace webhook::postgres {

// Reasons of errors that callers tell apart.
inline constexpr char kDatabaseUnavailable[] = "database_unavailable";
inline constexpr char kBadValue[] =
    "bad_value";  // a value does not fit its column: SQL state classes 22 and 23

// Whether libpq can read it; the error names no part of it, since it may hold a password.
Status CheckDsn(const Secret& dsn);

struct DatabaseOptions {
  Secret dsn;            // postgresql://… or key=value
  Secret password = {};  // empty: that of the dsn
  std::size_t pool_size = 8;
  std::chrono::milliseconds acquire_timeout{2'000};  // waiting for a free connection
  std::chrono::milliseconds connect_timeout{3'000};
  std::chrono::milliseconds statement_timeout{10'000};
  std::string application_name;
  // Of each connection: what row security asks for, for example {"webhook.account", "*"}.
  std::vector<std::pair<std::string, std::string>> settings = {};
  // Told of each transaction of a Database: what it was and how long it took, waiting for a connection
  // included. From any thread.
  std::function<void(const char* what, std::chrono::microseconds took)> on_transaction = {};
};

// A bounded pool of connections. All methods from any thread; they block.
class Database {
 public:
  explicit Database(DatabaseOptions options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs fn in one transaction and commits. fn throws pqxx errors freely and returns a Result<T>; an error
  // rolls back. A lost connection is kUnavailable (kDatabaseUnavailable), so is a server that cannot write
  // just now, and a pool without a free connection in time; statement timeout kDeadline; unique violation
  // kConflict; a value that does not fit kInternal with kBadValue; other SQL errors kInternal. What the
  // server said goes to the log: it may name hosts and users. A connection found dead before the first
  // statement is replaced once.
  template <typename T>
  Result<T> Transact(const char* what, const std::function<Result<T>(pqxx::dbtransaction&)>& fn);

  // False after the last call failed for want of a connection.
  bool reachable() const;

  struct Use {
    std::size_t busy = 0;
    std::size_t idle = 0;
    std::size_t waiting = 0;  // calls, for a connection
  };
  Use use() const;

 private:
  Status Run(const char* what, const std::function<Status(pqxx::dbtransaction&)>& fn);
  Status RunUntimed(const char* what, const std::function<Status(pqxx::dbtransaction&)>& fn);
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

template <typename T>
Result<T> Database::Transact(const char* what, const std::function<Result<T>(pqxx::dbtransaction&)>& fn) {
  std::optional<Result<T>> answer;
  Status status = Run(what, [&](pqxx::dbtransaction& transaction) -> Status {
    answer.emplace(fn(transaction));
    if (!answer->ok()) return answer->error();
    return Ok();
  });
  if (!status) return status.error();
  return std::move(*answer);
}

// One connection of its own that holds a session advisory lock and can LISTEN: for singletons and
// notifications.
class Session {
 public:
  static Result<std::unique_ptr<Session>> Open(const DatabaseOptions& options);
  ~Session();

  // True: this session holds the lock now. Held until the session ends.
  Result<bool> TryAdvisoryLock(std::int64_t key);
  // One statement outside of any transaction.
  Status Execute(const char* what, const std::string& sql);
  // True: the session, and with it its locks, is alive.
  Result<bool> Ping();
  Status Listen(const std::string& channel);
  // Waits for a notification; true: at least one came.
  Result<bool> WaitNotification(std::chrono::milliseconds timeout);
  // Adds rows to a table, which has no row security: COPY knows none. Only inside of a Transact() of this
  // session; throws as pqxx does. `fill` throws nothing.
  void CopyIn(const std::string& table, const std::vector<std::string>& columns,
              const std::function<void(BinaryRows&)>& fill);
  // As Database::Transact.
  template <typename T>
  Result<T> Transact(const char* what, const std::function<Result<T>(pqxx::dbtransaction&)>& fn);

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);
  Status Run(const char* what, const std::function<Status(pqxx::dbtransaction&)>& fn);
  std::unique_ptr<State> state_;
};

template <typename T>
Result<T> Session::Transact(const char* what, const std::function<Result<T>(pqxx::dbtransaction&)>& fn) {
  std::optional<Result<T>> answer;
  Status status = Run(what, [&](pqxx::dbtransaction& transaction) -> Status {
    answer.emplace(fn(transaction));
    if (!answer->ok()) return answer->error();
    return Ok();
  });
  if (!status) return status.error();
  return std::move(*answer);
}

// A forward-only migration: applied once, in the order of the names, under one advisory lock.
struct Migration {
  std::string name;  // "0001_accounts"
  std::string sql;
};
// Applies what is missing and returns the names applied. kConflict where an applied migration's text has
// changed or the database is newer than this binary.
Result<std::vector<std::string>> Migrate(const DatabaseOptions& options,
                                         const std::vector<Migration>& migrations);
// Names of the migrations that are not applied yet; those of a newer version do not matter. kConflict where
// the text of an applied one has changed.
Result<std::vector<std::string>> PendingMigrations(Database& database,
                                                   const std::vector<Migration>& migrations);

}  // namespace webhook::postgres
