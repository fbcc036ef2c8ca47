#include "services/registry/store/platform_state.h"

#include <pqxx/pqxx>

#include "domain/delivery.h"
#include "services/registry/store/values.h"

namespace webhook::store {

void BoundStatements(Tx& tx, std::chrono::milliseconds longest) {
  tx.exec0("SET LOCAL statement_timeout = " + std::to_string(longest.count()));
}

// Index deliveries_overdue gives the rows of each day in their order.
Overdue ReadOverdue(Tx& tx, int limit) {
  const auto rows = tx.exec(
      "SELECT count(*) OVER (), micros(next_attempt_at), id, account_id FROM (SELECT next_attempt_at, id, "
      "account_id FROM deliveries WHERE state = " +
      std::to_string(static_cast<int>(DeliveryState::kWaiting)) +
      " AND next_attempt_at < now() - interval '1 minute' ORDER BY next_attempt_at LIMIT " +
      std::to_string(limit) + ") oldest ORDER BY next_attempt_at LIMIT 1");
  if (rows.empty()) return {};
  const auto& row = rows[0];
  return {row[0].as<std::int64_t>(), ToTime(row[1]), DeliveryId(row[2].as<std::string>()),
          AccountId(row[3].as<std::string>())};
}

// URLs are stored normalised: what stands between the scheme and a port or the path is the host.
std::vector<FailingHost> ListFailingHosts(Tx& tx, int limit) {
  const auto rows = tx.exec_params(
      "SELECT substring(w.url FROM '^https?://(\\[[^]]*\\]|[^:/?#]+)') AS host, count(*), "
      "count(DISTINCT w.account_id), micros(min(h.failing_since)) "
      "FROM webhook_health h JOIN webhooks w ON w.id = h.webhook_id "
      "WHERE h.failing_since IS NOT NULL AND w.active GROUP BY host "
      "ORDER BY count(*) DESC, min(h.failing_since), host LIMIT $1",
      limit);
  std::vector<FailingHost> hosts;
  for (const auto& row : rows)
    hosts.push_back(
        {row[0].as<std::string>(), row[1].as<std::int64_t>(), row[2].as<std::int64_t>(), ToTime(row[3])});
  return hosts;
}

}  // namespace webhook::store
