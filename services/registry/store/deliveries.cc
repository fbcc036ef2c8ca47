#include "services/registry/store/deliveries.h"

#include <pqxx/pqxx>

#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

constexpr int kMaxAttempts = 100;  // told of one delivery: the newest
constexpr char kColumns[] =
    "id, account_id, webhook_id, event_id, event_type, notification_id, run, kind, state, outcome, reason, "
    "attempts, "
    "micros(next_attempt_at), micros(created_at), micros(updated_at)";

DeliveryRow ToRow(const pqxx::row& row) {
  DeliveryRow delivery;
  delivery.id = DeliveryId(row[0].as<std::string>());
  delivery.account = AccountId(row[1].as<std::string>());
  delivery.webhook_id = WebhookId(row[2].as<std::string>());
  delivery.event_id = EventId(row[3].as<std::string>());
  delivery.event_type = row[4].as<std::string>();
  delivery.notification_id = NotificationId(row[5].as<std::string>());
  delivery.run = row[6].as<int>();
  delivery.kind = static_cast<DeliveryKind>(row[7].as<int>());
  delivery.state = static_cast<DeliveryState>(row[8].as<int>());
  delivery.outcome = row[9].as<std::string>();
  delivery.reason = row[10].as<std::string>();
  delivery.attempts = row[11].as<int>();
  delivery.next_attempt_at = ToOptionalTime(row[12]);
  delivery.created_at = ToTime(row[13]);
  delivery.updated_at = ToTime(row[14]);
  return delivery;
}

Error NotFound(const DeliveryId& id) {
  return {ErrorCode::kNotFound, "delivery_not_found", "no delivery " + id.str()};
}

}  // namespace

Result<std::vector<DeliveryRow>> DeliveryStore::List(const AccountId& account, const DeliveryFilter& filter,
                                                     const std::optional<DeliveryPosition>& after,
                                                     int limit) {
  return database_.Transact<std::vector<DeliveryRow>>(
      "list deliveries", [&](pqxx::dbtransaction& transaction) -> Result<std::vector<DeliveryRow>> {
        std::string sql = std::string("SELECT ") + kColumns +
                          " FROM deliveries WHERE account_id = " + transaction.quote(account.str());
        const auto where = [&](const char* column, const std::string& value) {
          if (!value.empty()) sql += std::string(" AND ") + column + " = " + transaction.quote(value);
        };
        where("webhook_id", filter.webhook_id);
        where("event_type", filter.event_type);
        where("event_id", filter.event_id);
        if (filter.state) sql += " AND state = " + std::to_string(static_cast<int>(*filter.state));
        if (after) {
          sql += " AND (created_at, id) < (from_micros(" + std::to_string(ToMicros(after->created_at)) +
                 "), " + transaction.quote(after->id) + ")";
        }
        sql += " ORDER BY created_at DESC, id DESC LIMIT " + std::to_string(limit);
        std::vector<DeliveryRow> deliveries;
        for (const auto& row : transaction.exec(sql)) deliveries.push_back(ToRow(row));
        return deliveries;
      });
}

Result<DeliveryRow> DeliveryStore::Get(const AccountId& account, const DeliveryId& id) {
  return database_.Transact<DeliveryRow>(
      "read delivery", [&](pqxx::dbtransaction& transaction) -> Result<DeliveryRow> {
        const auto rows = transaction.exec_params(
            std::string("SELECT ") + kColumns + " FROM deliveries WHERE id = $1 AND account_id = $2",
            id.str(), account.str());
        if (rows.empty()) return NotFound(id);
        return ToRow(rows[0]);
      });
}

Result<std::vector<AttemptRow>> DeliveryStore::Attempts(const DeliveryId& id) {
  return database_.Transact<std::vector<
      AttemptRow>>("read attempts", [&](pqxx::dbtransaction& transaction) -> Result<std::vector<AttemptRow>> {
    const auto rows = transaction.exec_params(
        "SELECT * FROM (SELECT run, attempt, micros(started_at), duration_us, status, outcome, reason, url, "
        "remote_address, response_headers, response_excerpt FROM attempts WHERE delivery_id = $1 "
        "ORDER BY started_at DESC LIMIT $2) newest ORDER BY 3",
        id.str(), kMaxAttempts);
    std::vector<AttemptRow> attempts;
    for (const auto& row : rows) {
      AttemptRow& attempt = attempts.emplace_back();
      attempt.run = row[0].as<int>();
      attempt.attempt = row[1].as<int>();
      attempt.started_at = ToTime(row[2]);
      attempt.duration = std::chrono::microseconds(row[3].as<std::int64_t>());
      attempt.status = row[4].as<int>();
      attempt.outcome = row[5].as<std::string>();
      attempt.reason = row[6].as<std::string>();
      attempt.url = row[7].as<std::string>();
      attempt.remote_address = row[8].as<std::string>();
      attempt.response_headers = ToStrings(row[9]);
      attempt.response_excerpt = pqxx::binarystring(row[10]).str();
    }
    return attempts;
  });
}

Result<Event> DeliveryStore::ReadEvent(const AccountId& account, const EventId& id) {
  return database_.Transact<Event>("read event", [&](pqxx::dbtransaction& transaction) -> Result<Event> {
    const auto rows = transaction.exec_params(
        "SELECT event_type, notification_id, body, micros(accepted_at) FROM events WHERE account_id = $1 AND "
        "id = $2",
        account.str(), id.str());
    if (rows.empty()) return Error{ErrorCode::kNotFound, "event_not_found", "no event " + id.str()};
    Event event;
    event.id = id;
    event.account = account;
    event.type = rows[0][0].as<std::string>();
    event.notification_id = NotificationId(rows[0][1].as<std::string>());
    event.body = pqxx::binarystring(rows[0][2]).str();
    event.accepted_at = ToTime(rows[0][3]);
    return event;
  });
}

Status DeliveryStore::InsertPending(const Delivery& delivery) {
  return database_.Transact<Done>("show a delivery", [&](pqxx::dbtransaction& transaction) -> Status {
    const Event& event = *delivery.event;
    transaction.exec_params0(
        "INSERT INTO events (account_id, id, event_type, notification_id, body, accepted_at) "
        "VALUES ($1, $2, $3, $4, $5, from_micros($6)) ON CONFLICT DO NOTHING",
        event.account.str(), event.id.str(), event.type, event.notification_id.str(),
        pqxx::binarystring(event.body), ToMicros(event.accepted_at));
    transaction.exec_params0(
        "INSERT INTO deliveries AS d (id, account_id, webhook_id, event_id, event_type, notification_id, "
        "run, attempt, "
        "rank, kind, state, outcome, reason, attempts, created_at, updated_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 0, $8, $9, '', '', 0, from_micros($10), now()) "
        "ON CONFLICT (id) DO UPDATE SET run = EXCLUDED.run, attempt = 1, rank = 0, kind = EXCLUDED.kind, "
        "state = EXCLUDED.state, next_attempt_at = NULL, updated_at = now() WHERE d.run < EXCLUDED.run",
        delivery.id.str(), event.account.str(), delivery.webhook_id.str(), event.id.str(), event.type,
        event.notification_id.str(), delivery.run, static_cast<int>(delivery.kind),
        static_cast<int>(DeliveryState::kPending), ToMicros(delivery.created_at));
    return Ok();
  });
}

}  // namespace webhook::store
