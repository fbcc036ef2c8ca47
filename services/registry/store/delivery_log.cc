#include "services/registry/store/delivery_log.h"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>
#include <pqxx/stream_to>
#include <set>
#include <tuple>

#include "core/encoding.h"
#include "services/registry/store/tx.h"
#include "services/registry/store/values.h"
#include "services/registry/store/webhook_health.h"
#include "services/registry/store/webhook_stats.h"

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

void MakeStaging(Tx& tx) {
  tx.exec(
      "CREATE TEMP TABLE IF NOT EXISTS staged_events (account_id text, id text, event_type text, "
      "notification_id text, body bytea, accepted_at bigint) ON COMMIT DELETE ROWS;"
      "CREATE TEMP TABLE IF NOT EXISTS staged_records (number int, id text, accepted_at bigint, account_id "
      "text, "
      "webhook_id text, event_id text, event_type text, notification_id text, run int, attempt int, rank "
      "int, "
      "kind int, state int, outcome text, reason text, next_attempt_at bigint, requested boolean, started_at "
      "bigint, "
      "duration_us bigint, phases_us bigint[], status int, url text, remote_address text, request_headers "
      "text, "
      "response_headers jsonb, response_excerpt bytea) ON COMMIT DELETE ROWS");
}

void StageEvents(Tx& tx, const std::vector<Event>& events) {
  pqxx::stream_to stream(tx, "staged_events");
  for (const Event& event : events) {
    stream << std::make_tuple(event.account.str(), event.id.str(), event.type, event.notification_id.str(),
                              Bytea(event.body), ToMicros(event.accepted_at));
  }
  stream.complete();
}

std::string Phases(const RequestPhases& phases) {
  return "{" + std::to_string(phases.dns.count()) + "," + std::to_string(phases.connect.count()) + "," +
         std::to_string(phases.tls.count()) + "," + std::to_string(phases.answer.count()) + "}";
}

void StageRecords(Tx& tx, const std::vector<AttemptRecord>& records) {
  pqxx::stream_to stream(tx, "staged_records");
  int number = 0;
  for (const AttemptRecord& record : records) {
    const std::int64_t next = record.next_attempt_at ? ToMicros(*record.next_attempt_at) : 0;
    std::vector<std::string> headers;
    for (const std::string& header : record.response_headers) headers.push_back(Text(header));
    stream << std::make_tuple(++number, record.delivery_id.str(), ToMicros(record.accepted_at),
                              record.account.str(), record.webhook_id.str(), record.event_id.str(),
                              record.event_type, record.notification_id.str(), record.run, record.attempt,
                              Rank(record), static_cast<int>(record.kind), static_cast<int>(record.state),
                              record.outcome, Text(record.reason), next, record.requested,
                              ToMicros(record.started_at), record.duration.count(), Phases(record.phases),
                              record.status, record.url, record.remote_address, Text(record.request_head),
                              ToJson(headers), Bytea(record.response_excerpt));
  }
  stream.complete();
}

void MergeEvents(Tx& tx) {
  tx.exec0(
      "INSERT INTO events (account_id, id, event_type, notification_id, body, accepted_at) "
      "SELECT account_id, id, event_type, notification_id, body, from_micros(accepted_at) FROM staged_events "
      "ON CONFLICT DO NOTHING");
}

// A delivery's row follows the record that is furthest on; an ended run is not opened again by a late one.
void MergeDeliveries(Tx& tx) {
  tx.exec0(
      "INSERT INTO deliveries AS d (id, accepted_at, account_id, webhook_id, event_id, event_type, "
      "notification_id, "
      "run, attempt, rank, kind, state, outcome, status, reason, attempts, next_attempt_at, updated_at) "
      "SELECT DISTINCT ON (id, accepted_at) id, from_micros(accepted_at), account_id, webhook_id, event_id, "
      "event_type, "
      "notification_id, run, attempt, rank, kind, state, outcome, status, reason, 0, "
      "from_micros(nullif(next_attempt_at, 0)), now() FROM staged_records "
      "ORDER BY id, accepted_at, run DESC, (rank = 3) DESC, (state = 3) DESC, attempt DESC, rank DESC, "
      "number DESC "
      "ON CONFLICT (id, accepted_at) DO UPDATE SET run = EXCLUDED.run, attempt = EXCLUDED.attempt, "
      "rank = EXCLUDED.rank, kind = EXCLUDED.kind, state = EXCLUDED.state, outcome = EXCLUDED.outcome, "
      "status = CASE WHEN EXCLUDED.status = 0 AND EXCLUDED.rank = 1 THEN d.status ELSE EXCLUDED.status END, "
      "reason = EXCLUDED.reason, next_attempt_at = EXCLUDED.next_attempt_at, updated_at = "
      "EXCLUDED.updated_at "
      "WHERE EXCLUDED.run > d.run OR (EXCLUDED.run = d.run AND CASE WHEN d.rank = 3 "
      "THEN EXCLUDED.rank = 3 AND EXCLUDED.state = 3 "
      "ELSE EXCLUDED.rank = 3 OR (EXCLUDED.attempt, EXCLUDED.rank) >= (d.attempt, d.rank) END)");
}

// Only rows that are new count for their delivery.
void MergeAttempts(Tx& tx) {
  tx.exec0(
      "WITH fresh AS (INSERT INTO attempts (delivery_id, accepted_at, account_id, run, attempt, started_at, "
      "duration_us, phases_us, status, outcome, reason, url, remote_address, request_headers, "
      "response_headers, "
      "response_excerpt) "
      "SELECT id, from_micros(accepted_at), account_id, run, attempt, from_micros(started_at), duration_us, "
      "phases_us, "
      "status, outcome, reason, url, remote_address, request_headers, response_headers, "
      // What an endpoint answers may be the content that was erased.
      "CASE WHEN EXISTS (SELECT 1 FROM events e WHERE e.account_id = s.account_id AND e.id = s.event_id AND "
      "e.accepted_at = from_micros(s.accepted_at) AND e.erased_at IS NOT NULL) THEN '' ELSE response_excerpt "
      "END "
      "FROM staged_records s WHERE requested ON CONFLICT DO NOTHING RETURNING delivery_id, accepted_at) "
      "UPDATE deliveries d SET attempts = attempts + counted.n FROM (SELECT delivery_id, accepted_at, "
      "count(*)::int AS "
      "n FROM fresh GROUP BY 1, 2) AS counted WHERE d.id = counted.delivery_id AND d.accepted_at = "
      "counted.accepted_at");
}

// False where another writer has moved any of the offsets.
bool MoveOffsets(Tx& tx, const std::map<LogPartition, OffsetStep>& offsets) {
  nlohmann::json steps = nlohmann::json::array();
  for (const auto& [partition, step] : offsets) {
    steps.push_back({{"topic", partition.first},
                     {"partition", partition.second},
                     {"next", step.to},
                     {"expected", step.from}});
  }
  const auto moved = tx.exec_params(
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

std::map<LogPartition, std::int64_t> ReadLogOffsets(Tx& tx) {
  std::map<LogPartition, std::int64_t> offsets;
  for (const auto& row : tx.exec("SELECT topic, partition, next_offset FROM kafka_offsets"))
    offsets[{row[0].as<std::string>(), row[1].as<std::int32_t>()}] = row[2].as<std::int64_t>();
  return offsets;
}

Result<std::map<LogPartition, std::int64_t>> ReadLogOffsets(postgres::Session& session) {
  using Offsets = std::map<LogPartition, std::int64_t>;
  return session.Transact<Offsets>("read offsets",
                                   [](Tx& tx) -> Result<Offsets> { return ReadLogOffsets(tx); });
}

Status NoteLogProgress(postgres::Session& session, WallTime complete_to) {
  return session.Transact<Done>("note the log's progress", [&](Tx& tx) -> Status {
    tx.exec_params0("UPDATE log_progress SET complete_to = greatest(complete_to, from_micros($1))",
                    ToMicros(complete_to));
    return Ok();
  });
}

Status WriteLog(postgres::Session& session, LogDays& days, const LogBatch& batch, WallTime now) {
  std::vector<Event> events;
  std::vector<AttemptRecord> attempts;
  std::set<Day> needed;
  for (const Event& event : batch.events) {
    if (!days.Kept(DayOf(event.accepted_at), now)) continue;
    needed.insert(DayOf(event.accepted_at));
    events.push_back(event);
  }
  for (const AttemptRecord& record : batch.attempts) {
    if (!days.Kept(DayOf(record.accepted_at), now)) continue;
    needed.insert(DayOf(record.accepted_at));
    if (record.requested) needed.insert(DayOf(record.started_at));
    attempts.push_back(record);
  }
  if (Status made = days.Make(session, needed); !made) return made;
  return session.Transact<Done>("write the log", [&](Tx& tx) -> Status {
    if (!MoveOffsets(tx, batch.offsets))
      return Error{ErrorCode::kConflict, "log_taken_over", "another writer has taken over the delivery log"};
    MakeStaging(tx);
    if (!events.empty()) {
      StageEvents(tx, events);
      MergeEvents(tx);
    }
    if (!attempts.empty()) {
      StageRecords(tx, attempts);
      MergeDeliveries(tx);
      MergeAttempts(tx);
      MergeHealth(tx);
      AddStats(tx, attempts);
    }
    return Ok();
  });
}

}  // namespace webhook::store
