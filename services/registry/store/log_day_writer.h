#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/time.h"
#include "postgres/database.h"
#include "services/registry/store/log_days.h"
#include "services/registry/store/log_rows.h"
#include "services/registry/store/packed.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

// What of a batch lies in one day's partitions.
struct DayPart {
  std::vector<const Event*> events;
  Records records;
};

// Writes one day's share of a batch straight into its partitions: they have no row security, as COPY asks,
// and nobody looks for the right one. That events and requests are new is nearly always so, and is not asked
// first: where one is not, the transaction fails with kConflict, and is to be done again by way of staging
// tables
// (`careful`). Inside of one transaction of the session.
class LogDayWriter {
 public:
  // REQUIRES: the day is made.
  LogDayWriter(postgres::Session& session, Tx& tx, Packer& packer, Day day, WallTime written_at);
  void Write(const DayPart& part, bool careful);

 private:
  using Keys = std::unordered_set<std::string>;

  std::string Partition(const char* table) const;
  // Adds what is staged and is not there.
  std::string FromStaging(const char* table, const std::vector<std::string>& columns) const;
  void WriteEvents(const std::vector<const Event*>& events, bool careful);
  // Returns the requests that are new: only these count for their deliveries.
  Records WriteAttempts(const Records& records, bool careful);
  void WriteDeliveries(const Records& furthest, const Records& requests);
  void AppendAttempt(postgres::BinaryRows& rows, const AttemptRecord& record, std::string_view excerpt);
  void AppendDelivery(postgres::BinaryRows& rows, const AttemptRecord& record, int requests) const;
  void MoveDeliveries();

  Keys KnownDeliveries(const Records& records);
  // Events whose content was erased, of requests that were answered with something.
  Keys ErasedEvents(const Records& requests);

  postgres::Session& session_;
  Tx& tx_;
  Packer& packer_;
  const std::string day_;  // as partitions are called
  const WallTime written_at_;
};

}  // namespace webhook::store
