#include "services/registry/store/redeliveries.h"

#include <pqxx/pqxx>

#include "services/registry/store/delivery_rows.h"
#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

constexpr char kCancelled[] = "57014";  // SQL state: by a time-out

// A test's sample is for the one who asked for it.
const std::string kNoTests = " AND kind <> " + std::to_string(static_cast<int>(DeliveryKind::kTest));

Error NotFound(const std::string& id) {
  return {ErrorCode::kNotFound, "redelivery_not_found", "no redelivery " + id};
}

std::string Select(const std::string& where) {
  return "SELECT r.id, r.account_id, r.filter, r.state, coalesce(sum(p.total), 0)::bigint, "
         "coalesce(sum(p.sent), 0)::bigint, coalesce(sum(p.passed), 0)::bigint, micros(r.created_at), "
         "micros(r.ended_at) "
         "FROM redeliveries r LEFT JOIN redelivery_parts p ON p.redelivery_id = r.id " +
         where;
}

Redelivery ToRedelivery(const pqxx::row& row) {
  Redelivery redelivery;
  redelivery.id = row[0].as<std::string>();
  redelivery.account = AccountId(row[1].as<std::string>());
  redelivery.filter = row[2].as<std::string>();
  redelivery.state = row[3].as<std::string>();
  redelivery.total = row[4].as<std::int64_t>();
  redelivery.sent = row[5].as<std::int64_t>();
  redelivery.passed = row[6].as<std::int64_t>();
  redelivery.created_at = ToTime(row[7]);
  redelivery.ended_at = ToOptionalTime(row[8]);
  return redelivery;
}

// What a webhook that is gone would have got is no part of it.
std::string PartsOf(Tx& tx, const AccountId& account, const DeliveryFilter& filter) {
  return "FROM deliveries d " + WhereDeliveries(tx, account, filter) + kNoTests +
         " AND webhook_id IN (SELECT id FROM webhooks WHERE account_id = " + tx.quote(account.str()) +
         ") GROUP BY webhook_id";
}

// An account's whole log may have to be read. Where that takes too long the transaction is broken, and its
// error must be returned.
template <typename T, typename Fn>
Result<T> Counted(Tx& tx, Fn count) {
  tx.exec0("SET LOCAL statement_timeout = '" + std::to_string(kCountTime.count()) + "s'");
  try {
    return count();
  } catch (const pqxx::sql_error& failed) {
    if (failed.sqlstate() != kCancelled) throw;
    return InvalidError({{"/since", "too_many",
                          "so many deliveries cannot be counted in time: narrow them by since and until"}});
  }
}

// How many there were.
std::int64_t DropIntents(Tx& tx, const RedeliveryPart& part) {
  return static_cast<std::int64_t>(
      tx.exec_params("DELETE FROM redelivery_intents WHERE redelivery_id = $1 AND webhook_id = $2",
                     part.redelivery_id, part.webhook_id.str())
          .affected_rows());
}

}  // namespace

Result<RedeliveryCount> CountRedelivery(Tx& tx, const AccountId& account, const DeliveryFilter& filter) {
  return Counted<RedeliveryCount>(tx, [&] {
    const auto row = tx.exec1("SELECT coalesce(sum(n), 0)::bigint, count(*) FROM (SELECT count(*) AS n " +
                              PartsOf(tx, account, filter) + ") parts");
    return RedeliveryCount{row[0].as<std::int64_t>(), row[1].as<std::int64_t>()};
  });
}

Result<Redelivery> InsertRedelivery(Tx& tx, const AccountId& account, const NewRedelivery& wanted) {
  const std::string& id = wanted.id;
  const DeliveryFilter& filter = wanted.filter;
  const auto made = tx.exec_params(
      "INSERT INTO redeliveries (id, account_id, filter, state, starts_at, catch_up) "
      "VALUES ($1, $2, $3::jsonb, 'running', now() + make_interval(secs => $4), $5) "
      "ON CONFLICT (account_id) WHERE state = 'running' AND NOT catch_up DO NOTHING RETURNING id",
      id, account.str(), wanted.filter_json, wanted.catch_up_after.value_or(std::chrono::seconds{0}).count(),
      wanted.catch_up_after.has_value());
  if (made.empty())
    return Error{ErrorCode::kConflict, "redelivery_running",
                 "another redelivery of the account is still running"};
  if (wanted.catch_up_after) {
    tx.exec_params0(
        "INSERT INTO redelivery_parts (redelivery_id, account_id, webhook_id, total) VALUES ($1, $2, $3, 0)",
        id, account.str(), filter.webhook_id);
  } else {
    const auto parts = Counted<Done>(tx, [&] {
      tx.exec0("INSERT INTO redelivery_parts (redelivery_id, account_id, webhook_id, total) SELECT " +
               tx.quote(id) + ", " + tx.quote(account.str()) + ", webhook_id, count(*) " +
               PartsOf(tx, account, filter));
      return Done();
    });
    if (!parts) return parts.error();
  }
  tx.exec_params0(
      "UPDATE redeliveries SET state = 'done', ended_at = now() WHERE id = $1 AND NOT EXISTS "
      "(SELECT 1 FROM redelivery_parts WHERE redelivery_id = $1)",
      id);
  return ReadRedelivery(tx, account, id);
}

Result<Redelivery> ReadRedelivery(Tx& tx, const AccountId& account, const std::string& id) {
  const auto rows =
      tx.exec_params(Select("WHERE r.id = $1 AND r.account_id = $2 GROUP BY r.id"), id, account.str());
  if (rows.empty()) return NotFound(id);
  return ToRedelivery(rows[0]);
}

std::vector<Redelivery> ListRedeliveries(Tx& tx, const AccountId& account, const std::string& before,
                                         int limit) {
  const auto rows = tx.exec_params(
      Select("WHERE r.account_id = $1 AND ($2 = '' OR r.id < $2) GROUP BY r.id ORDER BY r.id DESC LIMIT $3"),
      account.str(), before, limit);
  std::vector<Redelivery> all;
  for (const auto& row : rows) all.push_back(ToRedelivery(row));
  return all;
}

std::optional<WallTime> CancelCatchUps(Tx& tx, const AccountId& account, const WebhookId& webhook) {
  const auto row = tx.exec_params1(
      "WITH cancelled AS (UPDATE redeliveries r SET state = 'cancelled', ended_at = now() WHERE "
      "account_id = $1 AND state = 'running' AND catch_up AND EXISTS (SELECT 1 FROM redelivery_parts p WHERE "
      "p.redelivery_id = r.id AND p.webhook_id = $2) RETURNING filter) "
      "SELECT micros(min((filter->>'changed_since')::timestamptz)) FROM cancelled",
      account.str(), webhook.str());
  return ToOptionalTime(row[0]);
}

Status CancelRedelivery(Tx& tx, const AccountId& account, const std::string& id) {
  if (const auto known = ReadRedelivery(tx, account, id); !known) return known.error();
  tx.exec_params0(
      "UPDATE redeliveries SET state = 'cancelled', ended_at = now() WHERE id = $1 AND account_id = $2 AND "
      "state = 'running'",
      id, account.str());
  return Ok();
}

std::vector<RedeliveryPart> ListOpenParts(Tx& tx, const RedeliveryPart& behind, int limit) {
  const auto rows = tx.exec_params(
      "SELECT p.redelivery_id, p.account_id, p.webhook_id, r.filter FROM redelivery_parts p JOIN "
      "redeliveries r "
      "ON r.id = p.redelivery_id WHERE NOT p.ended AND r.state = 'running' "
      "AND r.starts_at <= (SELECT complete_to FROM log_progress) AND (r.id, p.webhook_id) > ($1, $2) "
      "ORDER BY r.id, p.webhook_id LIMIT $3",
      behind.redelivery_id, behind.webhook_id.str(), limit);
  std::vector<RedeliveryPart> parts;
  for (const auto& row : rows)
    parts.push_back({row[0].as<std::string>(), AccountId(row[1].as<std::string>()),
                     WebhookId(row[2].as<std::string>()), row[3].as<std::string>()});
  return parts;
}

bool PlanPart(Tx& tx, const RedeliveryPart& part, const DeliveryFilter& filter, int most) {
  const auto state = tx.exec_params(
      "SELECT micros(position_at), position_id, CASE WHEN NOT r.catch_up THEN micros(r.created_at) END, "
      "EXISTS (SELECT 1 FROM redelivery_intents i WHERE "
      "i.redelivery_id = p.redelivery_id AND i.webhook_id = p.webhook_id) FROM redelivery_parts p JOIN "
      "redeliveries r "
      "ON r.id = p.redelivery_id WHERE p.redelivery_id = $1 AND p.webhook_id = $2 AND r.state = 'running' "
      "FOR UPDATE",
      part.redelivery_id, part.webhook_id.str());
  if (state.empty()) return false;
  if (state[0][3].as<bool>() || most < 1) return true;
  DeliveryFilter own = filter;
  own.webhook_id = part.webhook_id.str();
  std::string where = WhereDeliveries(tx, part.account, own) + kNoTests;
  if (!state[0][0].is_null())
    where += " AND (accepted_at, id) > (from_micros(" + state[0][0].as<std::string>() + "), " +
             tx.quote(state[0][1].as<std::string>()) + ")";
  if (!state[0][2].is_null())
    where += " AND NOT (d.run > 0 AND d.updated_at > from_micros(" + state[0][2].as<std::string>() + "))";
  const std::string key = tx.quote(part.redelivery_id) + ", " + tx.quote(part.webhook_id.str());
  const auto planned =
      tx.exec("WITH next AS (SELECT d.id, d.accepted_at, d.run, d.event_id FROM deliveries d " + where +
              " ORDER BY accepted_at, id LIMIT " + std::to_string(most) +
              "), made AS (INSERT INTO redelivery_intents "
              "(redelivery_id, webhook_id, account_id, delivery_id, accepted_at, run) SELECT " +
              key + ", " + tx.quote(part.account.str()) +
              ", n.id, n.accepted_at, n.run + 1 FROM next n WHERE EXISTS (SELECT 1 FROM events e "
              "WHERE e.account_id = " +
              tx.quote(part.account.str()) +
              " AND e.id = n.event_id AND e.event_key = log_key(e.account_id, n.event_id) "
              "AND e.accepted_at = n.accepted_at "
              "AND e.body IS NOT NULL) RETURNING 1) "
              "SELECT (SELECT count(*) FROM next), (SELECT count(*) FROM made), micros(max(accepted_at)), "
              "(SELECT id FROM next ORDER BY accepted_at DESC, id DESC LIMIT 1) FROM next");
  const auto seen = planned[0][0].as<int>();
  if (seen == 0) {
    EndPart(tx, part);
    return true;
  }
  tx.exec_params0(
      "UPDATE redelivery_parts SET position_at = from_micros($3), position_id = $4, passed = passed + $5 "
      "WHERE redelivery_id = $1 AND webhook_id = $2",
      part.redelivery_id, part.webhook_id.str(), planned[0][2].as<std::int64_t>(),
      planned[0][3].as<std::string>(), seen - planned[0][1].as<int>());
  return true;
}

bool HasIntents(Tx& tx, const RedeliveryPart& part) {
  return tx
      .exec_params1(
          "SELECT EXISTS (SELECT 1 FROM redelivery_intents WHERE redelivery_id = $1 AND webhook_id = $2)",
          part.redelivery_id, part.webhook_id.str())[0]
      .as<bool>();
}

std::vector<Intent> ReadIntents(Tx& tx, const RedeliveryPart& part) {
  const auto rows = tx.exec_params("SELECT i.run, " + DeliveryColumns("d.") +
                                       " FROM redelivery_intents i JOIN deliveries d ON d.id = i.delivery_id "
                                       "AND d.accepted_at = i.accepted_at WHERE i.redelivery_id = $1 AND "
                                       "i.webhook_id = $2 AND d.run < i.run "
                                       "ORDER BY d.accepted_at, d.id",
                                   part.redelivery_id, part.webhook_id.str());
  std::vector<Intent> intents;
  for (const auto& row : rows) intents.push_back({ToDelivery(row, 1), row[0].as<int>()});
  return intents;
}

void FinishIntents(Tx& tx, const RedeliveryPart& part, int erased) {
  const std::int64_t dropped = DropIntents(tx, part);
  tx.exec_params0(
      "UPDATE redelivery_parts SET sent = sent + $3, passed = passed + $4 "
      "WHERE redelivery_id = $1 AND webhook_id = $2",
      part.redelivery_id, part.webhook_id.str(), dropped - erased, erased);
}

void EndPart(Tx& tx, const RedeliveryPart& part) {
  tx.exec_params0(
      "UPDATE redelivery_parts SET passed = passed + $3, ended = true "
      "WHERE redelivery_id = $1 AND webhook_id = $2",
      part.redelivery_id, part.webhook_id.str(), DropIntents(tx, part));
  tx.exec_params0(
      "UPDATE redeliveries SET state = 'done', ended_at = now() WHERE id = $1 AND state = 'running' AND NOT "
      "EXISTS "
      "(SELECT 1 FROM redelivery_parts WHERE redelivery_id = $1 AND NOT ended)",
      part.redelivery_id);
}

void DropRedeliveries(Tx& tx, std::chrono::days age) {
  tx.exec_params0("DELETE FROM redeliveries WHERE ended_at < now() - make_interval(days => $1)", age.count());
}

std::int64_t CountRunningRedeliveries(Tx& tx) {
  return tx.exec1("SELECT count(*) FROM redeliveries WHERE state = 'running'")[0].as<std::int64_t>();
}

}  // namespace webhook::store
