#include "postgres/internal/connect.h"

#include <string>

namespace webhook::postgres {
namespace {

constexpr char kQueryCanceled[] = "57014";
constexpr char kUniqueViolation[] = "23505";

// libpq takes settings as a URL's query or as key=value words.
std::string WithSetting(const std::string& dsn, const std::string& name, const std::string& value) {
  const bool url = dsn.rfind("postgres://", 0) == 0 || dsn.rfind("postgresql://", 0) == 0;
  if (!url) return dsn + " " + name + "=" + value;
  return dsn + (dsn.find('?') == std::string::npos ? "?" : "&") + name + "=" + value;
}

// The server ends or refuses connections: a start, a stop, or too many of them.
bool ServerAway(const std::string& state) {
  return state.rfind("08", 0) == 0 || state.rfind("57P", 0) == 0 || state.rfind("53", 0) == 0;
}

Error Unavailable(const char* what, const std::string& detail) {
  return {ErrorCode::kUnavailable, kDatabaseUnavailable, std::string(what) + ": " + detail};
}

}  // namespace

std::unique_ptr<pqxx::connection> Connect(const DatabaseOptions& options) {
  const auto connect_timeout = std::chrono::ceil<std::chrono::seconds>(options.connect_timeout);
  std::string dsn =
      WithSetting(options.dsn.Reveal(), "connect_timeout", std::to_string(connect_timeout.count()));
  // A peer that vanished without a word is noticed.
  dsn = WithSetting(dsn, "tcp_user_timeout", std::to_string(2 * options.statement_timeout.count()));
  auto connection = std::make_unique<pqxx::connection>(dsn);
  // A connection that pqxx opens anew by itself would have lost its lock and its settings; there is no other
  // way to forbid it in this version.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection->inhibit_reactivation(true);
#pragma GCC diagnostic pop
  connection->set_variable("statement_timeout", std::to_string(options.statement_timeout.count()));
  if (!options.application_name.empty())
    connection->set_variable("application_name", connection->quote(options.application_name));
  return connection;
}

Status InTransaction(pqxx::connection& connection, const std::function<Status(pqxx::dbtransaction&)>& fn) {
  pqxx::work transaction(connection);
  Status status = fn(transaction);
  if (status) {
    transaction.commit();
  } else {
    transaction.abort();
  }
  return status;
}

Status Guard(const char* what, const std::function<Status()>& fn) {
  try {
    return fn();
  } catch (const pqxx::broken_connection& error) {
    return Unavailable(what, error.what());
  } catch (const pqxx::in_doubt_error& error) {
    return Unavailable(what, error.what());
  } catch (const pqxx::sql_error& error) {
    const std::string state = error.sqlstate();
    if (ServerAway(state)) return Unavailable(what, error.what());
    if (state == kQueryCanceled)
      return Error{ErrorCode::kDeadline, "database_timeout", std::string(what) + ": took too long"};
    if (state == kUniqueViolation)
      return Error{ErrorCode::kConflict, "exists", std::string(what) + ": " + error.what()};
    // An empty state: libpq lost the connection in the middle of the statement.
    if (state.empty()) return Unavailable(what, error.what());
    return Error{ErrorCode::kInternal, "database_error", std::string(what) + ": " + error.what()};
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInternal, "database_error", std::string(what) + ": " + error.what()};
  }
}

}  // namespace webhook::postgres
