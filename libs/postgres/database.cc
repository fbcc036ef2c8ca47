#include "postgres/database.h"

#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <pqxx/pqxx>

#include "postgres/internal/connect.h"
#include "runtime/clock.h"

namespace webhook::postgres {
namespace {

// An idle connection with something to read was closed by the server, or holds a notice of its end.
bool Alive(Connection& connection) {
  char byte = 0;
  const ssize_t got = recv(connection.sock(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace

struct Database::Pool {
  DatabaseOptions options;
  std::mutex mutex;
  std::condition_variable freed;
  std::vector<std::unique_ptr<Connection>> idle;
  std::size_t open = 0;
  std::size_t waiting = 0;
  std::atomic<bool> reachable{true};

  // A connection of the pool; null: a place for one, to be opened. kUnavailable where none is free in time.
  Result<std::unique_ptr<Connection>> Acquire() {
    std::unique_lock lock(mutex);
    ++waiting;
    const bool free = freed.wait_for(lock, options.acquire_timeout,
                                     [this] { return !idle.empty() || open < options.pool_size; });
    --waiting;
    if (!free)
      return Error{ErrorCode::kUnavailable, "database_unavailable", "no database connection is free"};
    while (!idle.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle.back());
      idle.pop_back();
      if (Alive(*connection)) return connection;
      --open;
    }
    ++open;
    return std::unique_ptr<Connection>();
  }

  // Null: the connection is gone.
  void Release(std::unique_ptr<Connection> connection) {
    {
      const std::scoped_lock lock(mutex);
      if (connection) {
        idle.push_back(std::move(connection));
      } else {
        --open;
      }
    }
    freed.notify_one();
  }
};

Database::Database(DatabaseOptions options) : pool_(std::make_unique<Pool>()) {
  pool_->options = std::move(options);
}

Database::~Database() = default;

bool Database::reachable() const {
  return pool_->reachable.load();
}

Database::Use Database::use() const {
  const std::scoped_lock lock(pool_->mutex);
  return {pool_->open - pool_->idle.size(), pool_->idle.size(), pool_->waiting};
}

Status Database::Run(const char* what, const std::function<Status(pqxx::dbtransaction&)>& fn) {
  const MonoTime begun = runtime::ReadClock().mono;
  Status status = RunUntimed(what, fn);
  if (pool_->options.on_transaction) pool_->options.on_transaction(what, runtime::ReadClock().mono - begun);
  return status;
}

Status Database::RunUntimed(const char* what, const std::function<Status(pqxx::dbtransaction&)>& fn) {
  auto acquired = pool_->Acquire();
  if (!acquired) return acquired.error();
  std::unique_ptr<Connection> connection = std::move(*acquired);
  Status status = Guard(what, [&]() -> Status {
    if (!connection) connection = Connect(pool_->options);
    return InTransaction(*connection, fn);
  });
  const bool lost = !status && status.error().reason == kDatabaseUnavailable;
  pool_->reachable.store(!lost);
  if (lost) connection.reset();
  pool_->Release(std::move(connection));
  return status;
}

}  // namespace webhook::postgres
