#include <libpq-fe.h>

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

namespace {

using PgResult = std::unique_ptr<PGresult, void (*)(PGresult*)>;

// Throws what pqxx would: the connection's error, or that of the statement.
[[noreturn]] void Fail(PGconn* raw, const PGresult* result, const std::string& sql) {
  const std::string said = PQerrorMessage(raw);
  if (PQstatus(raw) != CONNECTION_OK) throw pqxx::broken_connection(said);
  throw pqxx::sql_error(said, sql, PQresultErrorField(result, PG_DIAG_SQLSTATE));
}

// The connection takes commands again only once all results were taken.
void EndCopy(PGconn* raw, const std::string& sql) {
  PgResult first(PQgetResult(raw), &PQclear);
  while (PgResult(PQgetResult(raw), &PQclear)) {
  }
  if (!first || PQresultStatus(first.get()) != PGRES_COMMAND_OK) Fail(raw, first.get(), sql);
}

}  // namespace

struct Session::State {
  std::unique_ptr<Connection> connection;
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

void Session::CopyIn(const std::string& table, const std::vector<std::string>& columns,
                     const std::function<void(BinaryRows&)>& fill) {
  PGconn* const raw = state_->connection->raw();
  std::string sql;
  for (const std::string& column : columns) sql += (sql.empty() ? "COPY " + table + " (" : ", ") + column;
  sql += ") FROM STDIN (FORMAT binary)";
  const PgResult begun(PQexec(raw, sql.c_str()), &PQclear);
  if (PQresultStatus(begun.get()) != PGRES_COPY_IN) Fail(raw, begun.get(), sql);
  BinaryRows rows(columns.size(), [&](std::string_view bytes) {
    if (PQputCopyData(raw, bytes.data(), static_cast<int>(bytes.size())) != 1) Fail(raw, nullptr, sql);
  });
  fill(rows);
  rows.Finish();
  if (PQputCopyEnd(raw, nullptr) != 1) Fail(raw, nullptr, sql);
  EndCopy(raw, sql);
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
