#include "postgres/internal/connect.h"

#include <libpq-fe.h>

#include <algorithm>
#include <initializer_list>
#include <string>

#include "log/log.h"

namespace webhook::postgres {
namespace {

constexpr char kQueryCanceled[] = "57014";
constexpr char kUniqueViolation[] = "23505";

// Every byte of the value as %XX.
std::string InUrl(const std::string& value) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string text;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    text.append({'%', kHex[byte >> 4], kHex[byte & 15]});
  }
  return text;
}

std::string Quoted(const std::string& value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

// libpq takes settings as a URL's query or as key=value words; the last one of a name counts.
std::string WithSetting(const std::string& dsn, const std::string& name, const std::string& value) {
  const bool url = dsn.rfind("postgres://", 0) == 0 || dsn.rfind("postgresql://", 0) == 0;
  if (!url) return dsn + " " + name + "=" + Quoted(value);
  return dsn + (dsn.find('?') == std::string::npos ? "?" : "&") + name + "=" + InUrl(value);
}

bool InClass(const std::string& state, std::initializer_list<const char*> classes) {
  return std::any_of(classes.begin(), classes.end(),
                     [&](const char* prefix) { return state.rfind(prefix, 0) == 0; });
}

// The caller learns what to do; only the operator's log learns what the server said.
Error Unavailable(const char* what, const char* said) {
  log::Warn("database.unavailable", {{"doing", what}, {"error", said}});
  return {ErrorCode::kUnavailable, kDatabaseUnavailable,
          std::string(what) + ": the database does not answer"};
}

Error Judge(const char* what, const pqxx::sql_error& error) {
  const std::string state = error.sqlstate();
  if (state == kQueryCanceled)
    return {ErrorCode::kDeadline, "database_timeout", std::string(what) + ": took too long"};
  if (state == kUniqueViolation)
    return {ErrorCode::kConflict, "exists", std::string(what) + ": exists already"};
  if (InClass(state, {"22", "23"}))
    return {ErrorCode::kInternal, kBadValue, std::string(what) + ": " + error.what()};
  // 42: our own SQL is wrong. All else (no connection, a start or stop, read-only, no room, a deadlock, and
  // no state at all where the connection broke inside a statement) heals without us.
  if (InClass(state, {"42"}))
    return {ErrorCode::kInternal, "database_error", std::string(what) + ": " + error.what()};
  return Unavailable(what, error.what());
}

}  // namespace

Status CheckDsn(const Secret& dsn) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> parsed(
      PQconninfoParse(dsn.Reveal().c_str(), nullptr), &PQconninfoFree);
  // A password with a slash in it makes libpq read half of it as the port, and say so.
  bool readable = parsed != nullptr;
  for (const PQconninfoOption* option = parsed.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (std::string_view(option->keyword) != "port" || option->val == nullptr) continue;
    readable = std::string_view(option->val).find_first_not_of("0123456789,") == std::string_view::npos;
  }
  if (readable) return Ok();
  return InvalidError(
      {{"pg-dsn", "bad_dsn", "must be postgresql://user@host:port/database or key=value words"}});
}

std::unique_ptr<Connection> Connect(const DatabaseOptions& options) {
  const auto connect_timeout = std::chrono::ceil<std::chrono::seconds>(options.connect_timeout);
  std::string dsn =
      WithSetting(options.dsn.Reveal(), "connect_timeout", std::to_string(connect_timeout.count()));
  // A peer that vanished without a word is noticed.
  dsn = WithSetting(dsn, "tcp_user_timeout", std::to_string(2 * options.statement_timeout.count()));
  if (!options.password.empty()) dsn = WithSetting(dsn, "password", options.password.Reveal());
  auto connection = std::make_unique<Connection>(dsn);
  // A connection that pqxx opens anew by itself would have lost its lock and its settings; there is no other
  // way to forbid it in this version.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection->inhibit_reactivation(true);
#pragma GCC diagnostic pop
  connection->set_variable("statement_timeout", std::to_string(options.statement_timeout.count()));
  if (!options.application_name.empty())
    connection->set_variable("application_name", connection->quote(options.application_name));
  for (const auto& [name, value] : options.settings) connection->set_variable(name, connection->quote(value));
  return connection;
}

Status InTransaction(Connection& connection, const std::function<Status(pqxx::dbtransaction&)>& fn) {
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
    return Judge(what, error);
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInternal, "database_error", std::string(what) + ": " + error.what()};
  }
}

}  // namespace webhook::postgres
