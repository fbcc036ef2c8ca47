#include "services/registry/store/webhook_health.h"

#include <pqxx/pqxx>

#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

constexpr char kSelect[] =
    "SELECT w.id, w.url, w.timeout_seconds, w.active, w.inactive_reason, micros(w.inactive_since), "
    "micros(w.updated_at), micros(h.last_success_at), micros(h.failing_since), micros(h.last_failure_at), "
    "h.last_failure_delivery_id, h.last_failure_outcome, h.last_failure_status, h.last_failure_reason ";

WebhookHealth ToHealth(const pqxx::row& row) {
  WebhookHealth health;
  health.id = WebhookId(row[0].as<std::string>());
  health.url = row[1].as<std::string>();
  health.timeout = std::chrono::seconds(row[2].as<int>());
  health.active = row[3].as<bool>();
  health.inactive_reason = row[4].as<std::string>();
  health.inactive_since = ToOptionalTime(row[5]);
  health.updated_at = ToTime(row[6]);
  health.last_success_at = ToOptionalTime(row[7]);
  health.failing_since = ToOptionalTime(row[8]);
  if (!row[10].is_null())
    health.last_failure =
        LastFailure{ToTime(row[9]), DeliveryId(row[10].as<std::string>()), row[11].as<std::string>(),
                    row[12].as<int>(), row[13].as<std::string>()};
  return health;
}

std::string Texts(Tx& tx, const std::vector<std::string>& texts) {
  return "ARRAY(SELECT jsonb_array_elements_text(" + tx.quote(ToJson(texts)) + "::jsonb))";
}

std::string Ids(Tx& tx, const std::vector<WebhookId>& webhooks) {
  std::vector<std::string> ids;
  for (const WebhookId& webhook : webhooks) ids.push_back(webhook.str());
  return Texts(tx, ids);
}

// Each part of the list has an index in its order: many webhooks are not sorted for one page.
std::string FailingPart(Tx& tx, const std::string& account, const std::optional<HealthPosition>& after) {
  std::string sql =
      std::string(kSelect) +
      "FROM webhook_health h JOIN webhooks w ON w.id = h.webhook_id WHERE h.account_id = " + account +
      " AND w.account_id = " + account + " AND h.failing_since IS NOT NULL AND w.active";
  if (after) {
    sql += " AND (h.failing_since, h.webhook_id) > (from_micros(" +
           std::to_string(ToMicros(*after->failing_since)) + "), " + tx.quote(after->id) + ")";
  }
  return sql;
}

std::string OtherPart(Tx& tx, const std::string& account, const std::optional<HealthPosition>& after) {
  std::string sql =
      std::string(kSelect) +
      "FROM webhooks w LEFT JOIN webhook_health h ON h.webhook_id = w.id WHERE w.account_id = " + account +
      " AND (h.failing_since IS NULL OR NOT w.active)";
  if (after && !after->failing_since) sql += " AND w.id < " + tx.quote(after->id);
  return sql;
}

}  // namespace

// What comes late says nothing against what began later.
void MergeHealth(postgres::Session& session, Tx& tx, const Records& records) {
  const std::vector<HealthStep> steps = HealthOf(records);
  if (steps.empty()) return;
  const auto time = [](postgres::BinaryRows& rows, const std::optional<WallTime>& value) {
    if (value) return &rows.Time(*value);
    return &rows.Null();
  };
  session.CopyIn(
      "staged_health",
      {"webhook_id", "account_id", "last_success_at", "failing_since", "last_failure_at",
       "last_failure_delivery_id", "last_failure_outcome", "last_failure_status", "last_failure_reason"},
      [&](postgres::BinaryRows& rows) {
        for (const HealthStep& step : steps) {
          rows.Row().Text(step.webhook).Text(step.account->str());
          time(rows, step.last_success);
          time(rows, step.failing_since);
          if (const AttemptRecord* const failed = step.newest_failure) {
            rows.Time(failed->started_at)
                .Text(failed->delivery_id.view())
                .Text(failed->outcome)
                .Integer(failed->status)
                .Text(WithoutZeros(failed->reason));
          } else {
            rows.Null().Null().Null().Null().Null();
          }
        }
      });
  tx.exec0(
      "INSERT INTO webhook_health AS h (webhook_id, account_id, last_success_at, failing_since, "
      "last_failure_at, last_failure_delivery_id, last_failure_outcome, last_failure_status, "
      "last_failure_reason) SELECT webhook_id, account_id, last_success_at, failing_since, "
      "last_failure_at, last_failure_delivery_id, last_failure_outcome, last_failure_status, "
      "last_failure_reason FROM staged_health "
      "ON CONFLICT (webhook_id) DO UPDATE SET account_id = EXCLUDED.account_id, "
      "last_success_at = greatest(h.last_success_at, EXCLUDED.last_success_at), "
      "failing_since = (SELECT least(CASE WHEN h.failing_since > s THEN h.failing_since WHEN "
      "h.last_failure_at > s THEN h.last_failure_at END, CASE WHEN EXCLUDED.failing_since > s THEN "
      "EXCLUDED.failing_since WHEN EXCLUDED.last_failure_at > s THEN EXCLUDED.last_failure_at END) FROM "
      "(SELECT coalesce(greatest(h.last_success_at, EXCLUDED.last_success_at), '-infinity')) AS success "
      "(s)), "
      "(last_failure_at, last_failure_delivery_id, last_failure_outcome, last_failure_status, "
      "last_failure_reason) = (SELECT * FROM (VALUES (h.last_failure_at, h.last_failure_delivery_id, "
      "h.last_failure_outcome, h.last_failure_status, h.last_failure_reason), (EXCLUDED.last_failure_at, "
      "EXCLUDED.last_failure_delivery_id, EXCLUDED.last_failure_outcome, EXCLUDED.last_failure_status, "
      "EXCLUDED.last_failure_reason)) AS both_of (at, id) ORDER BY at DESC NULLS LAST, id LIMIT 1)");
}

std::vector<WebhookHealth> ListHealth(Tx& tx, const AccountId& account, const HealthFilter& filter,
                                      const std::optional<HealthPosition>& after, int limit) {
  const std::string quoted = tx.quote(account.str());
  const std::string some = filter.webhooks ? " AND w.id = ANY(" + Texts(tx, *filter.webhooks) + ")" : "";
  std::vector<WebhookHealth> list;
  const auto read = [&](const std::string& sql, const char* order) {
    const auto more = static_cast<std::size_t>(limit) - list.size();
    for (const auto& row : tx.exec(sql + some + " ORDER BY " + order + " LIMIT " + std::to_string(more)))
      list.push_back(ToHealth(row));
  };
  const bool failing_left = !after || after->failing_since;
  if (failing_left && filter.failing.value_or(true))
    read(FailingPart(tx, quoted, after), "h.failing_since, h.webhook_id");
  if (list.size() < static_cast<std::size_t>(limit) && !filter.failing.value_or(false))
    read(OtherPart(tx, quoted, after), "w.id DESC");
  return list;
}

std::map<WebhookId, std::vector<RequestStep>> ReadHours(Tx& tx, const AccountId& account,
                                                        const std::vector<WebhookId>& webhooks,
                                                        WallTime since, WallTime until) {
  std::map<WebhookId, std::vector<RequestStep>> steps;
  for (const auto& row :
       tx.exec("SELECT webhook_id, micros(at), requests, succeeded FROM webhook_hours WHERE account_id = " +
               tx.quote(account.str()) + " AND webhook_id = ANY(" + Ids(tx, webhooks) +
               ") AND at >= from_micros(" + std::to_string(ToMicros(since)) + ") AND at < from_micros(" +
               std::to_string(ToMicros(until)) + ") ORDER BY at")) {
    steps[WebhookId(row[0].as<std::string>())].push_back(
        {ToTime(row[1]), row[2].as<std::int64_t>(), row[3].as<std::int64_t>()});
  }
  return steps;
}

std::map<WebhookId, Waiting> ReadWaitingOf(Tx& tx, const AccountId& account,
                                           const std::vector<WebhookId>& webhooks, int limit) {
  std::map<WebhookId, Waiting> waiting;
  for (const auto& row : tx.exec(
           "SELECT asked.id, count(*), micros(min(looked.next_attempt_at)) FROM unnest(" + Ids(tx, webhooks) +
           ") AS asked (id) CROSS JOIN LATERAL (SELECT next_attempt_at FROM deliveries WHERE account_id = " +
           tx.quote(account.str()) + " AND webhook_id = asked.id AND state = " +
           std::to_string(static_cast<int>(DeliveryState::kWaiting)) + " LIMIT " + std::to_string(limit) +
           ") looked GROUP BY 1"))
    waiting[WebhookId(row[0].as<std::string>())] = {row[1].as<std::int64_t>(), ToOptionalTime(row[2])};
  return waiting;
}

HealthCounts CountHealth(Tx& tx, const AccountId& account) {
  const auto row = tx.exec_params1(
      "SELECT count(*), count(*) FILTER (WHERE w.active), count(*) FILTER (WHERE w.active AND "
      "h.failing_since IS NOT NULL) FROM webhooks w LEFT JOIN webhook_health h ON h.webhook_id = w.id "
      "WHERE w.account_id = $1",
      account.str());
  return {row[0].as<std::int64_t>(), row[1].as<std::int64_t>(), row[2].as<std::int64_t>()};
}

bool HasDelivered(Tx& tx, const AccountId& account) {
  return tx
      .exec_params1(
          "SELECT EXISTS (SELECT FROM webhook_health WHERE account_id = $1 AND last_success_at IS NOT NULL)",
          account.str())[0]
      .as<bool>();
}

}  // namespace webhook::store
