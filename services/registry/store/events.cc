#include "services/registry/store/events.h"

#include <pqxx/pqxx>

#include "services/registry/store/log_keys.h"
#include "services/registry/store/log_rows.h"
#include "services/registry/store/packed.h"
#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

constexpr char kColumns[] = "id, event_type, notification_id, micros(accepted_at), micros(erased_at)";

EventRow ToRow(const pqxx::row& row, const AccountId& account) {
  const EventId id(row[0].as<std::string>());
  return {id, row[1].as<std::string>(), NotificationOf(row[2].as<std::string>(), account, id), ToTime(row[3]),
          ToOptionalTime(row[4])};
}

Error NotFound(const EventId& id) {
  return {ErrorCode::kNotFound, "event_not_found", "no event " + id.str()};
}

std::string FromMicros(WallTime time) {
  return "from_micros(" + std::to_string(ToMicros(time)) + ")";
}

}  // namespace

std::vector<EventRow> ListEvents(Tx& tx, const AccountId& account, const EventFilter& filter,
                                 const std::optional<LogPosition>& after, int limit) {
  std::string sql = std::string("SELECT ") + kColumns + " FROM events WHERE " +
                    (filter.type.empty() ? OfAccountInOrder(tx, account.str())
                                         : OfTypeInOrder(tx, account.str(), filter.type));
  if (filter.since) sql += " AND accepted_at >= " + FromMicros(*filter.since);
  if (filter.until) sql += " AND accepted_at < " + FromMicros(*filter.until);
  if (after)
    sql += " AND (accepted_at, id) < (" + FromMicros(after->accepted_at) + ", " + tx.quote(after->id) + ")";
  sql += " ORDER BY accepted_at DESC, id DESC LIMIT " + std::to_string(limit);
  std::vector<EventRow> events;
  for (const auto& row : tx.exec(sql)) events.push_back(ToRow(row, account));
  return events;
}

Result<EventRow> ReadEventRow(Tx& tx, const AccountId& account, const EventId& id) {
  const auto rows =
      tx.exec_params(std::string("SELECT ") + kColumns +
                         " FROM events WHERE account_id = $1 AND id = $2 AND event_key = log_key($1, $2) "
                         "ORDER BY accepted_at LIMIT 1",
                     account.str(), id.str());
  if (rows.empty()) return NotFound(id);
  return ToRow(rows[0], account);
}

Result<Event> ReadEvent(Tx& tx, const AccountId& account, const EventId& id,
                        const std::optional<WallTime>& accepted_at) {
  const std::string at = accepted_at ? " AND accepted_at = " + FromMicros(*accepted_at) : "";
  const auto rows = tx.exec_params(
      "SELECT event_type, notification_id, body, micros(accepted_at) FROM events WHERE account_id = $1 AND "
      "id = $2 AND event_key = log_key($1, $2)" +
          at + " ORDER BY accepted_at LIMIT 1",
      account.str(), id.str());
  if (rows.empty()) return NotFound(id);
  if (rows[0][2].is_null())
    return Error{ErrorCode::kConflict, "event_erased", "the content of event " + id.str() + " was erased"};
  Event event;
  event.id = id;
  event.account = account;
  event.type = rows[0][0].as<std::string>();
  event.notification_id = NotificationOf(rows[0][1].as<std::string>(), account, id);
  event.body = Unpack(pqxx::binarystring(rows[0][2]).str());
  event.accepted_at = ToTime(rows[0][3]);
  return event;
}

std::vector<Reach> ReadReach(Tx& tx, const AccountId& account, const EventId& id, int limit) {
  const auto rows = tx.exec_params(
      "SELECT coalesce(w.id, d.webhook_id), w.events, coalesce(w.active, false), micros(w.created_at), d.id, "
      "d.state, "
      "d.reason FROM (SELECT id, events, active, created_at FROM webhooks WHERE account_id = $1 LIMIT $3) w "
      "FULL JOIN (SELECT DISTINCT ON (id) id, webhook_id, state, reason FROM deliveries WHERE account_id = "
      "$1 AND "
      "event_id = $2 AND event_key = log_key($1, $2) ORDER BY id, accepted_at DESC LIMIT $3) d ON "
      "d.webhook_id = w.id ORDER BY d.id IS NULL, "
      "1 LIMIT $3",
      account.str(), id.str(), limit);
  std::vector<Reach> all;
  for (const auto& row : rows) {
    Reach& reach = all.emplace_back();
    reach.webhook_id = WebhookId(row[0].as<std::string>());
    if (!row[1].is_null()) reach.events = ToStrings(row[1]);
    reach.active = row[2].as<bool>();
    if (!row[3].is_null()) reach.webhook_created_at = ToTime(row[3]);
    if (row[4].is_null()) continue;
    reach.delivery_id = DeliveryId(row[4].as<std::string>());
    reach.state = static_cast<DeliveryState>(row[5].as<int>());
    reach.reason = row[6].as<std::string>();
  }
  return all;
}

Status EraseEvent(Tx& tx, const AccountId& account, const EventId& id) {
  const auto erased = tx.exec_params(
      "UPDATE events SET body = NULL, erased_at = coalesce(erased_at, now()) WHERE account_id = $1 AND id = "
      "$2 AND event_key = log_key($1, $2)",
      account.str(), id.str());
  if (erased.affected_rows() == 0) return NotFound(id);
  tx.exec_params0(
      "UPDATE attempts a SET response_excerpt = '' FROM deliveries d WHERE d.account_id = $1 AND d.event_id "
      "= $2 AND d.event_key = log_key($1, $2) AND "
      "log_key(a.account_id, a.delivery_id) = log_key($1, d.id) AND a.account_id = $1 AND a.delivery_id = "
      "d.id AND a.accepted_at = d.accepted_at",
      account.str(), id.str());
  return Ok();
}

}  // namespace webhook::store
