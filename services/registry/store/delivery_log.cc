#include "services/registry/store/delivery_log.h"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>
#include <pqxx/stream_to>
#include <tuple>

#include "core/encoding.h"
#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

std::string Bytea(std::string_view bytes) {
  return "\\x" + ToHex(bytes);
}

// jsonb and text hold no U+0000.
std::string Text(std::string text) {
  std::erase(text, '\0');
  return text;
}

int Rank(const AttemptRecord& record) {
  if (record.state == DeliveryState::kPending) return 0;
  if (record.state == DeliveryState::kWaiting) return record.requested ? 2 : 1;
  return 3;
}

void MakeStaging(pqxx::dbtransaction& transaction) {
  transaction.exec(
      "CREATE TEMP TABLE IF NOT EXISTS staged_events (account_id text, id text, event_type text, "
      "notification_id text, "
      "body bytea, accepted_at bigint) ON COMMIT DELETE ROWS;"
      "CREATE TEMP TABLE IF NOT EXISTS staged_records (number int, id text, account_id text, webhook_id "
      "text, "
      "event_id text, event_type text, notification_id text, run int, attempt int, rank int, kind int, state "
      "int, "
      "outcome text, reason text, next_attempt_at bigint, created_at bigint, requested boolean, started_at "
      "bigint, "
      "duration_us bigint, status int, url text, remote_address text, response_headers jsonb, "
      "response_excerpt bytea) "
      "ON COMMIT DELETE ROWS");
}

void StageEvents(pqxx::dbtransaction& transaction, const std::vector<Event>& events) {
  pqxx::stream_to stream(transaction, "staged_events");
  for (const Event& event : events) {
    stream << std::make_tuple(event.account.str(), event.id.str(), event.type, event.notification_id.str(),
                              Bytea(event.body), ToMicros(event.accepted_at));
  }
  stream.complete();
}

void StageRecords(pqxx::dbtransaction& transaction, const std::vector<AttemptRecord>& records) {
  pqxx::stream_to stream(transaction, "staged_records");
  int number = 0;
  for (const AttemptRecord& record : records) {
    const std::int64_t next = record.next_attempt_at ? ToMicros(*record.next_attempt_at) : 0;
    std::vector<std::string> headers;
    for (const std::string& header : record.response_headers) headers.push_back(Text(header));
    stream << std::make_tuple(++number, record.delivery_id.str(), record.account.str(),
                              record.webhook_id.str(), record.event_id.str(), record.event_type,
                              record.notification_id.str(), record.run, record.attempt, Rank(record),
                              static_cast<int>(record.kind), static_cast<int>(record.state), record.outcome,
                              Text(record.reason), next, ToMicros(record.created_at), record.requested,
                              ToMicros(record.started_at), record.duration.count(), record.status, record.url,
                              record.remote_address, ToJson(headers), Bytea(record.response_excerpt));
  }
  stream.complete();
}

void MergeEvents(pqxx::dbtransaction& transaction) {
  transaction.exec0(
      "INSERT INTO events (account_id, id, event_type, notification_id, body, accepted_at) "
      "SELECT account_id, id, event_type, notification_id, body, from_micros(accepted_at) FROM staged_events "
      "ON CONFLICT DO NOTHING");
}

// A delivery's row follows the record that is furthest on; an ended run is not opened again by a late one.
void MergeDeliveries(pqxx::dbtransaction& transaction) {
  transaction.exec0(
      "INSERT INTO deliveries AS d (id, account_id, webhook_id, event_id, event_type, notification_id, run, "
      "attempt, "
      "rank, kind, state, outcome, reason, attempts, next_attempt_at, created_at, updated_at) "
      "SELECT DISTINCT ON (id) id, account_id, webhook_id, event_id, event_type, notification_id, run, "
      "attempt, rank, "
      "kind, state, outcome, reason, 0, from_micros(nullif(next_attempt_at, 0)), from_micros(created_at), "
      "now() "
      "FROM staged_records "
      "ORDER BY id, run DESC, (rank = 3) DESC, (state = 3) DESC, attempt DESC, rank DESC, number DESC "
      "ON CONFLICT (id) DO UPDATE SET run = EXCLUDED.run, attempt = EXCLUDED.attempt, rank = EXCLUDED.rank, "
      "kind = EXCLUDED.kind, state = EXCLUDED.state, outcome = EXCLUDED.outcome, reason = EXCLUDED.reason, "
      "next_attempt_at = EXCLUDED.next_attempt_at, updated_at = EXCLUDED.updated_at "
      "WHERE EXCLUDED.run > d.run OR (EXCLUDED.run = d.run AND CASE WHEN d.rank = 3 "
      "THEN EXCLUDED.rank = 3 AND EXCLUDED.state = 3 "
      "ELSE EXCLUDED.rank = 3 OR (EXCLUDED.attempt, EXCLUDED.rank) >= (d.attempt, d.rank) END)");
}

// Only rows that are new count for their delivery.
void MergeAttempts(pqxx::dbtransaction& transaction) {
  transaction.exec0(
      "WITH fresh AS (INSERT INTO attempts (delivery_id, run, attempt, started_at, duration_us, status, "
      "outcome, "
      "reason, url, remote_address, response_headers, response_excerpt) "
      "SELECT id, run, attempt, from_micros(started_at), duration_us, status, outcome, reason, url, "
      "remote_address, "
      "response_headers, response_excerpt FROM staged_records WHERE requested "
      "ON CONFLICT DO NOTHING RETURNING delivery_id) "
      "UPDATE deliveries SET attempts = attempts + counted.n "
      "FROM (SELECT delivery_id, count(*)::int AS n FROM fresh GROUP BY delivery_id) AS counted "
      "WHERE id = counted.delivery_id");
}

// A webhook's attempts come in their order: they are of one partition. Tests say nothing of it.
void MergeHealth(pqxx::dbtransaction& transaction) {
  transaction.exec0(
      "WITH made AS (SELECT webhook_id, started_at, state = 3 AS good FROM staged_records WHERE requested "
      "AND "
      "kind <> 2), "
      "good AS (SELECT webhook_id, max(started_at) AS at FROM made WHERE good GROUP BY webhook_id), "
      "bad AS (SELECT made.webhook_id, min(started_at) AS first, max(started_at) AS last FROM made LEFT JOIN "
      "good USING "
      "(webhook_id) WHERE NOT made.good AND started_at > coalesce(good.at, 0) GROUP BY made.webhook_id) "
      "INSERT INTO webhook_health AS h (webhook_id, last_success_at, failing_since, last_failure_at) "
      "SELECT webhook_id, from_micros(good.at), from_micros(bad.first), from_micros(bad.last) "
      "FROM good FULL JOIN bad USING (webhook_id) ORDER BY webhook_id "
      "ON CONFLICT (webhook_id) DO UPDATE SET "
      "last_success_at = coalesce(EXCLUDED.last_success_at, h.last_success_at), "
      "failing_since = CASE WHEN EXCLUDED.last_success_at IS NULL THEN coalesce(h.failing_since, "
      "EXCLUDED.failing_since) ELSE EXCLUDED.failing_since END, "
      "last_failure_at = coalesce(EXCLUDED.last_failure_at, h.last_failure_at)");
}

// False where another writer has moved any of the offsets.
bool MoveOffsets(pqxx::dbtransaction& transaction, const std::map<LogPartition, OffsetStep>& offsets) {
  nlohmann::json steps = nlohmann::json::array();
  for (const auto& [partition, step] : offsets) {
    steps.push_back({{"topic", partition.first},
                     {"partition", partition.second},
                     {"next", step.to},
                     {"expected", step.from}});
  }
  const auto moved = transaction.exec_params(
      "WITH steps AS (SELECT * FROM jsonb_to_recordset($1::jsonb) "
      "AS s (topic text, partition int, next bigint, expected bigint)) "
      "INSERT INTO kafka_offsets AS k (topic, partition, next_offset) SELECT topic, partition, next FROM "
      "steps "
      "ON CONFLICT (topic, partition) DO UPDATE SET next_offset = EXCLUDED.next_offset WHERE k.next_offset = "
      "(SELECT expected FROM steps WHERE steps.topic = EXCLUDED.topic AND steps.partition = "
      "EXCLUDED.partition)",
      steps.dump());
  return moved.affected_rows() == offsets.size();
}

}  // namespace

Result<std::map<LogPartition, std::int64_t>> ReadLogOffsets(postgres::Session& session) {
  using Offsets = std::map<LogPartition, std::int64_t>;
  return session.Transact<Offsets>("read offsets", [](pqxx::dbtransaction& transaction) -> Result<Offsets> {
    Offsets offsets;
    for (const auto& row : transaction.exec("SELECT topic, partition, next_offset FROM kafka_offsets"))
      offsets[{row[0].as<std::string>(), row[1].as<std::int32_t>()}] = row[2].as<std::int64_t>();
    return offsets;
  });
}

Status WriteLog(postgres::Session& session, const LogBatch& batch) {
  return session.Transact<Done>("write the log", [&](pqxx::dbtransaction& transaction) -> Status {
    if (!MoveOffsets(transaction, batch.offsets))
      return Error{ErrorCode::kConflict, "log_taken_over", "another writer has taken over the delivery log"};
    MakeStaging(transaction);
    if (!batch.events.empty()) {
      StageEvents(transaction, batch.events);
      MergeEvents(transaction);
    }
    if (!batch.attempts.empty()) {
      StageRecords(transaction, batch.attempts);
      MergeDeliveries(transaction);
      MergeAttempts(transaction);
      MergeHealth(transaction);
    }
    return Ok();
  });
}

}  // namespace webhook::store
