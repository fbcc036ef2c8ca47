#include <algorithm>
#include <pqxx/pqxx>

#include "postgres/database.h"
#include "postgres/internal/connect.h"

namespace webhook::postgres {
namespace {

constexpr std::int64_t kLockKey = 0x77656268'6f6f6b01;  // "webhook" 01
constexpr std::chrono::minutes kMigrationTimeout{30};

struct Applied {
  std::string name;
  std::string md5;
};

std::vector<Applied> ReadApplied(pqxx::dbtransaction& transaction) {
  std::vector<Applied> applied;
  if (transaction.exec1("SELECT to_regclass('schema_migrations')")[0].is_null()) return applied;
  for (const auto& row : transaction.exec("SELECT name, md5 FROM schema_migrations ORDER BY name"))
    applied.push_back({row[0].as<std::string>(), row[1].as<std::string>()});
  return applied;
}

const Applied* Find(const std::vector<Applied>& applied, const std::string& name) {
  const auto found =
      std::find_if(applied.begin(), applied.end(), [&](const Applied& a) { return a.name == name; });
  return found == applied.end() ? nullptr : &*found;
}

Error Conflict(std::string detail) {
  return {ErrorCode::kConflict, "migration_conflict", std::move(detail)};
}

// A newer database is fine for who reads it (migrations only add; the next version's replicas stand beside
// ours), and not for who migrates it.
Status CheckHistory(pqxx::dbtransaction& transaction, const std::vector<Applied>& applied,
                    const std::vector<Migration>& migrations, bool newer_allowed) {
  for (const Applied& old : applied) {
    const auto known = std::find_if(migrations.begin(), migrations.end(),
                                    [&](const Migration& migration) { return migration.name == old.name; });
    if (known == migrations.end() && newer_allowed) continue;
    if (known == migrations.end())
      return Conflict("the database has migration " + old.name +
                      ", which this version does not know: it is newer");
    const auto md5 = transaction.exec_params1("SELECT md5($1)", known->sql)[0].as<std::string>();
    if (md5 != old.md5) return Conflict("migration " + old.name + " was changed after it had been applied");
  }
  return Ok();
}

Result<std::vector<std::string>> Apply(pqxx::dbtransaction& transaction,
                                       const std::vector<Migration>& migrations) {
  transaction.exec1("SELECT pg_advisory_xact_lock(" + std::to_string(kLockKey) + ")");
  transaction.exec0(
      "CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, md5 text NOT NULL, "
      "applied_at timestamptz NOT NULL DEFAULT now())");
  const std::vector<Applied> applied = ReadApplied(transaction);
  if (Status history = CheckHistory(transaction, applied, migrations, false); !history)
    return history.error();
  std::vector<std::string> fresh;
  for (const Migration& migration : migrations) {
    if (Find(applied, migration.name)) continue;
    transaction.exec(migration.sql, migration.name);
    transaction.exec_params0("INSERT INTO schema_migrations (name, md5) VALUES ($1, md5($2))", migration.name,
                             migration.sql);
    fresh.push_back(migration.name);
  }
  return fresh;
}

}  // namespace

Result<std::vector<std::string>> Migrate(const DatabaseOptions& options,
                                         const std::vector<Migration>& migrations) {
  DatabaseOptions patient = options;
  patient.statement_timeout = kMigrationTimeout;
  auto session = Session::Open(patient);
  if (!session) return session.error();
  return (*session)->Transact<std::vector<std::string>>(
      "migrate", [&](pqxx::dbtransaction& transaction) { return Apply(transaction, migrations); });
}

Result<std::vector<std::string>> PendingMigrations(Database& database,
                                                   const std::vector<Migration>& migrations) {
  return database.Transact<std::vector<std::string>>(
      "read migrations", [&](pqxx::dbtransaction& transaction) -> Result<std::vector<std::string>> {
        const std::vector<Applied> applied = ReadApplied(transaction);
        if (Status history = CheckHistory(transaction, applied, migrations, true); !history)
          return history.error();
        std::vector<std::string> pending;
        for (const Migration& migration : migrations) {
          if (!Find(applied, migration.name)) pending.push_back(migration.name);
        }
        return pending;
      });
}

}  // namespace webhook::postgres
