#include "services/registry/store/deliveries.h"

#include <pqxx/pqxx>

#include "services/registry/store/delivery_rows.h"
#include "services/registry/store/log_keys.h"
#include "services/registry/store/log_rows.h"
#include "services/registry/store/packed.h"
#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

constexpr const char* kColumns[] = {"id",         "account_id",      "webhook_id",  "event_id",
                                    "event_type", "notification_id", "run",         "kind",
                                    "state",      "outcome",         "status",      "reason",
                                    "attempts",   "next_attempt_at", "accepted_at", "updated_at"};

}  // namespace

std::string DeliveryColumns(const std::string& prefix) {
  std::string columns;
  for (const std::string_view column : kColumns) {
    if (!columns.empty()) columns += ", ";
    const bool time = column.ends_with("_at");
    columns += (time ? "micros(" : "") + prefix + std::string(column) + (time ? ")" : "");
  }
  return columns;
}

DeliveryRow ToDelivery(const pqxx::row& row, int first) {
  const auto at = [&](int column) { return row[static_cast<pqxx::row::size_type>(first + column)]; };
  DeliveryRow delivery;
  delivery.id = DeliveryId(at(0).as<std::string>());
  delivery.account = AccountId(at(1).as<std::string>());
  delivery.webhook_id = WebhookId(at(2).as<std::string>());
  delivery.event_id = EventId(at(3).as<std::string>());
  delivery.event_type = at(4).as<std::string>();
  delivery.notification_id = NotificationOf(at(5).as<std::string>(), delivery.account, delivery.event_id);
  delivery.run = at(6).as<int>();
  delivery.kind = static_cast<DeliveryKind>(at(7).as<int>());
  delivery.state = static_cast<DeliveryState>(at(8).as<int>());
  delivery.outcome = at(9).as<std::string>();
  delivery.status = at(10).as<int>();
  delivery.reason = at(11).as<std::string>();
  delivery.attempts = at(12).as<int>();
  delivery.next_attempt_at = ToOptionalTime(at(13));
  delivery.accepted_at = ToTime(at(14));
  delivery.updated_at = ToTime(at(15));
  return delivery;
}

namespace {

// The filter in two parts: what an index of the deliveries serves together with the order of time, and the
// rest.
struct Conditions {
  std::string served;
  std::string rest;
};

Conditions Divide(Tx& tx, const AccountId& account, const DeliveryFilter& filter) {
  Conditions conditions;
  const auto text = [&](std::string& part, const char* column, const std::string& value) {
    if (!value.empty()) part += std::string(" AND ") + column + " = " + tx.quote(value);
  };
  const auto number = [](std::string& part, const char* condition, std::int64_t value) {
    part += std::string(" AND ") + condition + std::to_string(value);
  };
  const auto time = [](std::string& part, const char* condition, const std::optional<WallTime>& value) {
    if (value)
      part += std::string(" AND ") + condition + " from_micros(" + std::to_string(ToMicros(*value)) + ")";
  };
  auto& [served, rest] = conditions;
  // Most are delivered, and no index is for these. As a number in the text: the planner then sees that the
  // partial indices of what is not delivered serve.
  const bool rare_state = filter.state && *filter.state != DeliveryState::kDelivered;
  if (!filter.event_id.empty()) {
    served = OfEvent(tx, account.str(), filter.event_id);
    text(served, "webhook_id", filter.webhook_id);
  } else if (rare_state) {
    served = "account_id = " + tx.quote(account.str());
    text(served, "webhook_id", filter.webhook_id);
  } else if (!filter.webhook_id.empty()) {
    served = OfWebhookInOrder(tx, account.str(), filter.webhook_id);
  } else if (!filter.event_type.empty()) {
    served = OfTypeInOrder(tx, account.str(), filter.event_type);
  } else {
    served = OfAccountInOrder(tx, account.str());
  }
  time(served, "accepted_at >=", filter.since);
  time(served, "accepted_at <", filter.until);
  if (filter.state) number(rare_state ? served : rest, "state = ", static_cast<int>(*filter.state));
  const bool by_type = filter.webhook_id.empty() && filter.event_id.empty() && !rare_state;
  if (!by_type) text(rest, "event_type", filter.event_type);
  text(rest, "outcome", filter.outcome);
  if (filter.status != 0) number(rest, "status = ", filter.status);
  time(rest, "updated_at >=", filter.changed_since);
  return conditions;
}

}  // namespace

std::string WhereDeliveries(Tx& tx, const AccountId& account, const DeliveryFilter& filter) {
  const Conditions conditions = Divide(tx, account, filter);
  return "WHERE " + conditions.served + conditions.rest;
}

DeliveryList ListDeliveries(Tx& tx, const AccountId& account, const DeliveryFilter& filter,
                            const std::optional<LogPosition>& after, int limit) {
  Conditions conditions = Divide(tx, account, filter);
  if (after) {
    conditions.served += " AND (accepted_at, id) < (from_micros(" +
                         std::to_string(ToMicros(after->accepted_at)) + "), " + tx.quote(after->id) + ")";
  }
  // An event has few deliveries.
  const bool scans = !conditions.rest.empty() && filter.event_id.empty();
  const std::string order = " ORDER BY accepted_at DESC, id DESC";
  std::string where = "FROM deliveries WHERE " + conditions.served;
  DeliveryList list;
  if (scans) {
    // First how far to look: rows may come and go between two statements.
    const auto last = tx.exec("SELECT micros(accepted_at), id " + where + order + " OFFSET " +
                              std::to_string(kMostScanned - 1) + " LIMIT 1");
    if (!last.empty()) {
      list.go_on = LogPosition{ToTime(last[0][0]), last[0][1].as<std::string>()};
      where += " AND (accepted_at, id) >= (from_micros(" + std::to_string(ToMicros(list.go_on->accepted_at)) +
               "), " + tx.quote(list.go_on->id) + ")";
    }
  }
  for (const auto& row : tx.exec("SELECT " + DeliveryColumns("") + " " + where + conditions.rest + order +
                                 " LIMIT " + std::to_string(limit)))
    list.rows.push_back(ToDelivery(row, 0));
  // The page's own end is nearer.
  if (list.rows.size() == static_cast<std::size_t>(limit)) list.go_on.reset();
  return list;
}

Result<DeliveryRow> ReadDelivery(Tx& tx, const AccountId& account, const DeliveryId& id) {
  const auto rows = tx.exec_params(
      "SELECT " + DeliveryColumns("") +
          " FROM deliveries WHERE id = $1 AND account_id = $2 ORDER BY accepted_at DESC LIMIT 1",
      id.str(), account.str());
  if (rows.empty()) return Error{ErrorCode::kNotFound, "delivery_not_found", "no delivery " + id.str()};
  return ToDelivery(rows[0], 0);
}

std::vector<AttemptRow> ListAttempts(Tx& tx, const DeliveryRow& delivery,
                                     const std::optional<AttemptPosition>& before, int limit) {
  std::string sql =
      "SELECT run, attempt, micros(started_at), duration_us, phases_us[1], phases_us[2], phases_us[3], "
      "phases_us[4], status, outcome, reason, url, remote_address, request_headers, response_headers, "
      "response_excerpt, request_head "
      "FROM attempts WHERE " +
      OfDelivery(tx, delivery.account.str(), delivery.id.str()) + " AND accepted_at = from_micros(" +
      std::to_string(ToMicros(delivery.accepted_at)) + ")";
  if (before) {
    sql += " AND (started_at, run, attempt) < (from_micros(" + std::to_string(ToMicros(before->started_at)) +
           "), " + std::to_string(before->run) + ", " + std::to_string(before->attempt) + ")";
  }
  const auto rows =
      tx.exec(sql + " ORDER BY started_at DESC, run DESC, attempt DESC LIMIT " + std::to_string(limit));
  const auto micros = [](const pqxx::field& field) {
    return std::chrono::microseconds(field.is_null() ? 0 : field.as<std::int64_t>());
  };
  std::vector<AttemptRow> attempts;
  for (const auto& row : rows) {
    AttemptRow& attempt = attempts.emplace_back();
    attempt.run = row[0].as<int>();
    attempt.attempt = row[1].as<int>();
    attempt.started_at = ToTime(row[2]);
    attempt.duration = micros(row[3]);
    attempt.phases = {micros(row[4]), micros(row[5]), micros(row[6]), micros(row[7])};
    attempt.status = row[8].as<int>();
    attempt.outcome = row[9].as<std::string>();
    attempt.reason = row[10].as<std::string>();
    attempt.url = row[11].as<std::string>();
    attempt.remote_address = row[12].as<std::string>();
    attempt.request_head =
        row[16].is_null() ? row[13].as<std::string>() : Unpack(pqxx::binarystring(row[16]).str());
    attempt.response_headers = ToStrings(row[14]);
    attempt.response_excerpt = pqxx::binarystring(row[15]).str();
  }
  return attempts;
}

void InsertPendingDelivery(Tx& tx, const Delivery& delivery) {
  const Event& event = *delivery.event;
  tx.exec_params0(
      "INSERT INTO events (account_id, id, event_type, notification_id, body, accepted_at) "
      "VALUES ($1, $2, $3, $4, $5, from_micros($6)) ON CONFLICT DO NOTHING",
      event.account.str(), event.id.str(), event.type, event.notification_id.str(),
      pqxx::binarystring(event.body), ToMicros(event.accepted_at));
  tx.exec_params0(
      "INSERT INTO deliveries AS d (id, accepted_at, account_id, webhook_id, event_id, event_type, "
      "notification_id, "
      "run, attempt, rank, kind, state, outcome, status, reason, attempts, updated_at) "
      "VALUES ($1, from_micros($2), $3, $4, $5, $6, $7, $8, 1, 0, $9, $10, '', 0, '', 0, now()) "
      "ON CONFLICT (id, accepted_at) DO UPDATE SET run = EXCLUDED.run, attempt = 1, rank = 0, kind = "
      "EXCLUDED.kind, "
      "state = EXCLUDED.state, next_attempt_at = NULL, updated_at = now() WHERE d.run < EXCLUDED.run",
      delivery.id.str(), ToMicros(event.accepted_at), event.account.str(), delivery.webhook_id.str(),
      event.id.str(), event.type, event.notification_id.str(), delivery.run, static_cast<int>(delivery.kind),
      static_cast<int>(DeliveryState::kPending));
}

}  // namespace webhook::store
