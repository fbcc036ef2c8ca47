#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "domain/attempt_record.h"
#include "domain/event.h"
#include "postgres/database.h"
#include "services/registry/store/log_days.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

using LogPartition = std::pair<std::string, std::int32_t>;  // topic, partition
struct OffsetStep {
  std::int64_t from = 0;  // what the table must hold: else another writer has taken over
  std::int64_t to = 0;
};

// What one batch of Kafka records adds to the delivery log.
struct LogBatch {
  std::vector<Event> events;
  std::vector<AttemptRecord> attempts;
  std::map<LogPartition, OffsetStep> offsets;
};

// Next offsets of all partitions that were ever read.
std::map<LogPartition, std::int64_t> ReadLogOffsets(Tx& tx);
Result<std::map<LogPartition, std::int64_t>> ReadLogOffsets(postgres::Session& session);

// Notes that what was appended to Kafka before is in the log; never goes back.
Status NoteLogProgress(postgres::Session& session, WallTime complete_to);

// Writes the batch and its offsets in one transaction: exactly once, however often it is repeated. A
// delivery's state only moves forward. What `days` keep no more is left out. kConflict "log_taken_over" and
// nothing written where the offsets are not those expected.
Status WriteLog(postgres::Session& session, LogDays& days, const LogBatch& batch, WallTime now);

}  // namespace webhook::store
