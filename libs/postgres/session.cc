#include <pqxx/pqxx>

#include "postgres/database.h"
#include "postgres/internal/connect.h"

namespace webhook::postgres {
namespace {

// Counts what came; what it says is of no interest.
class Receiver : public pqxx::notification_receiver {
 public:
  using pqxx::notification_receiver::notification_receiver;
  void operator()(const std::string&, int) override {}
};

}  // namespace

struct Session::State {
  std::unique_ptr<pqxx::connection> connection;
  std::unique_ptr<Receiver> receiver;
};

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::~Session() {
  if (state_) state_->receiver.reset();
}

Result<std::unique_ptr<Session>> Session::Open(const DatabaseOptions& options) {
  auto state = std::make_unique<State>();
  const Status opened = Guard("open a session", [&]() -> Status {
    state->connection = Connect(options);
    return Ok();
  });
  if (!opened) return opened.error();
  return std::unique_ptr<Session>(new Session(std::move(state)));
}

Status Session::Run(const char* what, const std::function<Status(pqxx::dbtransaction&)>& fn) {
  return Guard(what, [&] { return InTransaction(*state_->connection, fn); });
}

Result<bool> Session::TryAdvisoryLock(std::int64_t key) {
  return Transact<bool>("take the lock", [&](pqxx::dbtransaction& transaction) -> Result<bool> {
    return transaction.exec_params1("SELECT pg_try_advisory_lock($1)", key)[0].as<bool>();
  });
}

Status Session::Execute(const char* what, const std::string& sql) {
  return Guard(what, [&]() -> Status {
    pqxx::nontransaction alone(*state_->connection);
    alone.exec(sql);
    return Ok();
  });
}

Result<bool> Session::Ping() {
  return Transact<bool>("ping", [](pqxx::dbtransaction& transaction) -> Result<bool> {
    return transaction.exec1("SELECT true")[0].as<bool>();
  });
}

Status Session::Listen(const std::string& channel) {
  return Guard("listen", [&]() -> Status {
    state_->receiver = std::make_unique<Receiver>(*state_->connection, channel);
    return Ok();
  });
}

Result<bool> Session::WaitNotification(std::chrono::milliseconds timeout) {
  bool came = false;
  const Status waited = Guard("wait for a notification", [&]() -> Status {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(timeout - seconds);
    came = state_->connection->await_notification(seconds.count(), rest.count()) > 0;
    return Ok();
  });
  if (!waited) return waited.error();
  return came;
}

}  // namespace webhook::postgres
