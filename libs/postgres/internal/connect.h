#pragma once

#include <functional>
#include <memory>
#include <pqxx/pqxx>

#include "core/result.h"
#include "postgres/database.h"

namespace webhook::postgres {

// A connection of pqxx with libpq's own in reach: pqxx has no binary COPY.
class Connection : public pqxx::connection_base {
 public:
  explicit Connection(const std::string& dsn) : pqxx::connection_base(policy_), policy_(dsn) { init(); }
  ~Connection() { close(); }

  // Null before it was opened.
  pg_conn* raw() const { return policy_.raw; }

 private:
  struct Policy : pqxx::connect_direct {
    using pqxx::connect_direct::connect_direct;
    handle do_startconnect(handle before) override {
      raw = pqxx::connect_direct::do_startconnect(before);
      return raw;
    }
    handle raw = nullptr;
  };
  Policy policy_;
};

// Opens a connection with the options' time-outs. Throws pqxx errors.
std::unique_ptr<Connection> Connect(const DatabaseOptions& options);

// Runs fn in one transaction; an error of its own rolls back. Throws pqxx errors.
Status InTransaction(Connection& connection, const std::function<Status(pqxx::dbtransaction&)>& fn);

// Calls fn and makes errors of what it throws: the one place that knows pqxx's exceptions and SQL states.
Status Guard(const char* what, const std::function<Status()>& fn);

}  // namespace webhook::postgres
