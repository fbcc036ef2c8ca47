#include "services/registry/store/delivery_log.h"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>
#include <set>

#include "services/registry/store/log_day_writer.h"
#include "services/registry/store/tx.h"
#include "services/registry/store/values.h"
#include "services/registry/store/webhook_health.h"
#include "services/registry/store/webhook_stats.h"

namespace webhook::store {
namespace {

constexpr char kExists[] = "exists";
constexpr int kCarefulTries = 3;

struct Parts {
  std::map<Day, DayPart> days;
  std::set<Day> needed;
  Records records;  // of all days
};

// What the days keep of a batch.
Parts Divide(const LogBatch& batch, const LogDays& days, WallTime now) {
  Parts parts;
  for (const Event& event : batch.events) {
    const Day day = DayOf(event.accepted_at);
    if (!days.Kept(day, now)) continue;
    parts.needed.insert(day);
    parts.days[day].events.push_back(&event);
  }
  for (const AttemptRecord& record : batch.attempts) {
    const Day day = DayOf(record.accepted_at);
    if (!days.Kept(day, now)) continue;
    parts.needed.insert(day);
    if (record.requested) parts.needed.insert(DayOf(record.started_at));
    parts.days[day].records.push_back(&record);
    parts.records.push_back(&record);
  }
  return parts;
}

// Where rows stand that are not only added. An index is used also where nothing is known yet of a new day's
// size.
void MakeStaging(Tx& tx) {
  tx.exec(
      "SET LOCAL enable_seqscan = off; SET LOCAL jit = off;"
      "CREATE TEMP TABLE IF NOT EXISTS staged_events (LIKE events INCLUDING GENERATED) ON COMMIT DELETE ROWS;"
      "CREATE TEMP TABLE IF NOT EXISTS staged_attempts (LIKE attempts INCLUDING DEFAULTS) ON COMMIT DELETE "
      "ROWS;"
      "CREATE TEMP TABLE IF NOT EXISTS staged_deliveries (LIKE deliveries INCLUDING GENERATED) ON COMMIT "
      "DELETE ROWS;"
      "CREATE TEMP TABLE IF NOT EXISTS staged_health (LIKE webhook_health) ON COMMIT DELETE ROWS;"
      "CREATE TEMP TABLE IF NOT EXISTS staged_stats (account_id text, webhook_id text, at timestamptz, "
      "outcome text, requests bigint, latency bigint[]) ON COMMIT DELETE ROWS");
}

// The transaction's time; nullopt where another writer has moved any of the offsets.
std::optional<WallTime> MoveOffsets(Tx& tx, const std::map<LogPartition, OffsetStep>& offsets) {
  nlohmann::json steps = nlohmann::json::array();
  for (const auto& [partition, step] : offsets) {
    steps.push_back({{"topic", partition.first},
                     {"partition", partition.second},
                     {"next", step.to},
                     {"expected", step.from}});
  }
  const auto moved = tx.exec_params1(
      "WITH steps AS (SELECT * FROM jsonb_to_recordset($1::jsonb) "
      "AS s (topic text, partition int, next bigint, expected bigint)), "
      "moved AS (UPDATE kafka_offsets k SET next_offset = next FROM steps s WHERE k.topic = s.topic AND "
      "k.partition = s.partition AND k.next_offset = expected RETURNING 1), "
      "made AS (INSERT INTO kafka_offsets (topic, partition, next_offset) SELECT topic, partition, next "
      "FROM steps s WHERE NOT EXISTS (SELECT FROM kafka_offsets k WHERE k.topic = s.topic AND k.partition = "
      "s.partition) ON CONFLICT DO NOTHING RETURNING 1) "
      "SELECT (SELECT count(*) FROM moved) + (SELECT count(*) FROM made), micros(now())",
      steps.dump());
  if (moved[0].as<std::size_t>() != offsets.size()) return std::nullopt;
  return ToTime(moved[1]);
}

Status WriteParts(postgres::Session& session, const LogBatch& batch, const Parts& parts, bool careful) {
  return session.Transact<Done>("write the log", [&](Tx& tx) -> Status {
    const auto written_at = MoveOffsets(tx, batch.offsets);
    if (!written_at)
      return Error{ErrorCode::kConflict, "log_taken_over", "another writer has taken over the delivery log"};
    MakeStaging(tx);
    Packer packer;
    for (const auto& [day, part] : parts.days)
      LogDayWriter(session, tx, packer, day, *written_at).Write(part, careful);
    MergeHealth(session, tx, parts.records);
    AddStats(session, tx, parts.records);
    return Ok();
  });
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
  const Parts parts = Divide(batch, days, now);
  if (Status made = days.Make(session, parts.needed); !made) return made;
  Status written = WriteParts(session, batch, parts, false);
  // Between the look and the write somebody may insert a delivery that is still to be sent.
  for (int left = kCarefulTries; left > 0 && !written && written.error().reason == kExists; --left)
    written = WriteParts(session, batch, parts, true);
  return written;
}

}  // namespace webhook::store
