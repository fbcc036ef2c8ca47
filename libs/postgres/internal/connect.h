#pragma once

#include <functional>
#include <memory>
#include <pqxx/pqxx>

#include "core/result.h"
#include "postgres/database.h"

namespace webhook::postgres {

// Opens a connection with the options' time-outs. Throws pqxx errors.
std::unique_ptr<pqxx::connection> Connect(const DatabaseOptions& options);

// Runs fn in one transaction; an error of its own rolls back. Throws pqxx errors.
Status InTransaction(pqxx::connection& connection, const std::function<Status(pqxx::dbtransaction&)>& fn);

// Calls fn and makes errors of what it throws: the one place that knows pqxx's exceptions and SQL states.
Status Guard(const char* what, const std::function<Status()>& fn);

}  // namespace webhook::postgres
