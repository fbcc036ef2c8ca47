#include "services/registry/store/webhooks.h"

#include <pqxx/pqxx>

#include "domain/event_pattern.h"
#include "services/registry/store/audit_log.h"
#include "services/registry/store/values.h"
#include "services/registry/store/webhook_rows.h"

namespace webhook::store {
namespace {

using std::chrono::seconds;

Error NotFound(const WebhookId& id) {
  return {ErrorCode::kNotFound, "webhook_not_found", "no webhook " + id.str()};
}

Error Changed() {
  return {ErrorCode::kPrecondition, "revision_changed", "the webhook was changed meanwhile; read it again"};
}

std::vector<int> ToSeconds(const std::vector<seconds>& pauses) {
  std::vector<int> numbers;
  for (const seconds pause : pauses) numbers.push_back(static_cast<int>(pause.count()));
  return numbers;
}

std::string Select(const char* condition) {
  return std::string("SELECT ") + kWebhookColumns + " FROM webhooks " + condition;
}

WebhookRecord Write(Tx& tx, const WebhookRecord& wanted, const std::string& sql) {
  const Webhook& webhook = wanted.webhook;
  const std::int64_t revision = NoteChange(tx, "webhook", webhook.id.str());
  return ToWebhook(tx.exec_params1(
      sql + " RETURNING " + kWebhookColumns, webhook.id.str(), webhook.account.str(), webhook.url,
      wanted.description, ToJson(webhook.events), webhook.active, webhook.inactive_reason,
      webhook.rate_limit.per_minute, webhook.rate_limit.burst, webhook.rate_limit.burst_seconds,
      ToJson(ToSeconds(webhook.retry_schedule)), ToJson(webhook.permanent_statuses),
      static_cast<int>(webhook.timeout.count()), ToJson(webhook.headers), revision));
}

constexpr char kInsert[] =
    "INSERT INTO webhooks (id, account_id, url, description, events, active, inactive_reason, "
    "rate_per_minute, "
    "rate_burst, rate_burst_seconds, retry_schedule, permanent_statuses, timeout_seconds, headers, revision, "
    "inactive_since) VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10, $11::jsonb, $12::jsonb, $13, "
    "$14::jsonb, $15, CASE WHEN $6 THEN NULL ELSE now() END)";
constexpr char kUpdate[] =
    "UPDATE webhooks SET url = $3, description = $4, events = $5::jsonb, active = $6, inactive_reason = $7, "
    "rate_per_minute = $8, rate_burst = $9, rate_burst_seconds = $10, retry_schedule = $11::jsonb, "
    "permanent_statuses = $12::jsonb, timeout_seconds = $13, headers = $14::jsonb, revision = $15, "
    "inactive_since = CASE WHEN $6 THEN NULL ELSE coalesce(inactive_since, now()) END, updated_at = now() "
    "WHERE id = $1 AND account_id = $2";

}  // namespace

WebhookRecord ToWebhook(const pqxx::row& row) {
  WebhookRecord record;
  Webhook& webhook = record.webhook;
  webhook.id = WebhookId(row[0].as<std::string>());
  webhook.account = AccountId(row[1].as<std::string>());
  webhook.url = row[2].as<std::string>();
  record.description = row[3].as<std::string>();
  webhook.events = ToStrings(row[4]);
  webhook.active = row[5].as<bool>();
  webhook.inactive_reason = row[6].as<std::string>();
  webhook.rate_limit = {row[7].as<int>(), row[8].as<int>(), row[9].as<int>()};
  for (const int pause : ToInts(row[10])) webhook.retry_schedule.emplace_back(pause);
  webhook.permanent_statuses = ToInts(row[11]);
  webhook.timeout = seconds(row[12].as<int>());
  webhook.headers = ToMap(row[13]);
  record.created_at = ToTime(row[14]);
  record.updated_at = ToTime(row[15]);
  webhook.revision = row[16].as<std::int64_t>();
  record.inactive_since = ToOptionalTime(row[17]);
  return record;
}

WebhookRecord InsertWebhook(Tx& tx, const WebhookRecord& wanted) {
  return Write(tx, wanted, kInsert);
}

Result<WebhookRecord> ReadWebhook(Tx& tx, const AccountId& account, const WebhookId& id) {
  const auto rows = tx.exec_params(Select("WHERE id = $1 AND account_id = $2"), id.str(), account.str());
  if (rows.empty()) return NotFound(id);
  return ToWebhook(rows[0]);
}

std::vector<WebhookRecord> ListWebhooks(Tx& tx, const AccountId& account, const WebhookFilter& filter,
                                        const std::string& before, int limit) {
  std::string where = "WHERE account_id = " + tx.quote(account.str());
  if (!before.empty()) where += " AND id < " + tx.quote(before);
  if (filter.active) where += *filter.active ? " AND active" : " AND NOT active";
  if (!filter.event_type.empty())
    where += " AND events ?| ARRAY(SELECT jsonb_array_elements_text(" +
             tx.quote(ToJson(PatternsFor(filter.event_type))) + "::jsonb))";
  if (!filter.url_prefix.empty()) where += " AND starts_with(url, " + tx.quote(filter.url_prefix) + ")";
  std::vector<WebhookRecord> webhooks;
  for (const auto& row :
       tx.exec(Select((where + " ORDER BY id DESC LIMIT " + std::to_string(limit)).c_str())))
    webhooks.push_back(ToWebhook(row));
  return webhooks;
}

std::int64_t CountWebhooks(Tx& tx, const AccountId& account) {
  return tx.exec_params1("SELECT count(*) FROM webhooks WHERE account_id = $1", account.str())[0]
      .as<std::int64_t>();
}

Result<WebhookRecord> UpdateWebhook(Tx& tx, const AccountId& account, const WebhookId& id,
                                    const std::optional<std::int64_t>& if_revision,
                                    const std::function<Status(WebhookRecord*)>& change) {
  const auto rows =
      tx.exec_params(Select("WHERE id = $1 AND account_id = $2 FOR UPDATE"), id.str(), account.str());
  if (rows.empty()) return NotFound(id);
  WebhookRecord record = ToWebhook(rows[0]);
  if (if_revision && *if_revision != record.webhook.revision) return Changed();
  if (Status changed = change(&record); !changed) return changed.error();
  return Write(tx, record, kUpdate);
}

Status DeleteWebhook(Tx& tx, const AccountId& account, const WebhookId& id,
                     const std::optional<std::int64_t>& if_revision) {
  const auto rows = tx.exec_params(
      "DELETE FROM webhooks WHERE id = $1 AND account_id = $2 RETURNING revision", id.str(), account.str());
  if (rows.empty()) return NotFound(id);
  // An error takes the deletion back.
  if (if_revision && *if_revision != rows[0][0].as<std::int64_t>()) return Changed();
  NoteChange(tx, "webhook", id.str());
  return Ok();
}

WebhookCounts CountAllWebhooks(Tx& tx) {
  const auto row =
      tx.exec1("SELECT count(*) FILTER (WHERE active), count(*) FILTER (WHERE NOT active) FROM webhooks");
  return {row[0].as<std::int64_t>(), row[1].as<std::int64_t>()};
}

bool DeactivateWebhook(Tx& tx, const WebhookId& id, const std::string& reason, std::int64_t seen_revision) {
  const auto rows = tx.exec_params(Select("WHERE id = $1 AND active AND revision <= $2 FOR UPDATE"), id.str(),
                                   seen_revision);
  if (rows.empty()) return false;
  WebhookRecord record = ToWebhook(rows[0]);
  record.webhook.active = false;
  record.webhook.inactive_reason = reason;
  Write(tx, record, kUpdate);
  AddAudit(tx, record.webhook.account, {"", {}, "platform", "deactivateWebhook", id.str(), "", ""});
  return true;
}

std::vector<std::pair<WebhookId, std::int64_t>> ListFailingWebhooks(Tx& tx, std::chrono::seconds time,
                                                                    int limit) {
  const auto rows = tx.exec_params(
      "SELECT w.id, w.revision FROM webhook_health h JOIN webhooks w ON w.id = h.webhook_id "
      "WHERE h.failing_since < now() - make_interval(secs => $1) "
      "AND h.last_failure_at >= greatest(h.failing_since, w.updated_at) + make_interval(secs => $1) "
      "AND w.active AND w.updated_at < now() - make_interval(secs => $1) ORDER BY w.id LIMIT $2",
      time.count(), limit);
  std::vector<std::pair<WebhookId, std::int64_t>> failing;
  for (const auto& row : rows)
    failing.emplace_back(WebhookId(row[0].as<std::string>()), row[1].as<std::int64_t>());
  return failing;
}

}  // namespace webhook::store
