#include "services/registry/store/audit_log.h"

#include <pqxx/pqxx>

#include "crypto/crypto.h"
#include "runtime/clock.h"
#include "services/registry/store/values.h"

namespace webhook::store {

void AddAudit(Tx& tx, const AccountId& account, const AuditEntry& entry) {
  const std::string id = TimeOrderedId("audit", runtime::ReadClock().wall, crypto::Random16());
  tx.exec_params0(
      "INSERT INTO audit_log (id, account_id, actor, action, object, request_id, remote_address) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      id, account.str(), entry.actor, entry.action, entry.object, entry.request_id, entry.remote_address);
}

std::vector<AuditEntry> ListAudit(Tx& tx, const AccountId& account, const std::string& object,
                                  const std::string& before, int limit) {
  std::string sql =
      "SELECT id, micros(at), actor, action, object, request_id, remote_address FROM audit_log WHERE "
      "account_id = " +
      tx.quote(account.str());
  if (!object.empty()) sql += " AND object = " + tx.quote(object);
  if (!before.empty()) sql += " AND id < " + tx.quote(before);
  const auto rows = tx.exec(sql + " ORDER BY id DESC LIMIT " + std::to_string(limit));
  std::vector<AuditEntry> entries;
  for (const auto& row : rows) {
    AuditEntry& entry = entries.emplace_back();
    entry.id = row[0].as<std::string>();
    entry.at = ToTime(row[1]);
    entry.actor = row[2].as<std::string>();
    entry.action = row[3].as<std::string>();
    entry.object = row[4].as<std::string>();
    entry.request_id = row[5].as<std::string>();
    entry.remote_address = row[6].as<std::string>();
  }
  return entries;
}

}  // namespace webhook::store
