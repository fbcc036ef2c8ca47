#include "services/registry/store/log_day_writer.h"

#include <algorithm>
#include <iterator>
#include <pqxx/pqxx>
#include <unordered_map>

#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

// "ANY(…)" of the ids, which are few enough for one statement.
template <typename T, typename IdOf>
std::string AnyOf(Tx& tx, const std::vector<const T*>& rows, const IdOf& id_of) {
  std::vector<std::string> ids;
  ids.reserve(rows.size());
  for (const T* row : rows) ids.push_back(id_of(*row));
  return "ANY(ARRAY(SELECT jsonb_array_elements_text(" + tx.quote(ToJson(ids)) + "::jsonb)))";
}

}  // namespace

LogDayWriter::LogDayWriter(postgres::Session& session, Tx& tx, Packer& packer, Day day, WallTime written_at)
    : session_(session), tx_(tx), packer_(packer), day_(DayName(day)), written_at_(written_at) {}

void LogDayWriter::Write(const DayPart& part, bool careful) {
  WriteEvents(part.events, careful);
  if (part.records.empty()) return;
  const Records requests = WriteAttempts(part.records, careful);
  WriteDeliveries(FurthestOn(part.records), requests);
}

std::string LogDayWriter::Partition(const char* table) const {
  return std::string(table) + "_" + day_;
}

std::string LogDayWriter::FromStaging(const char* table, const std::vector<std::string>& columns) const {
  std::string list;
  for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + column;
  return "INSERT INTO " + Partition(table) + " (" + list + ") SELECT " + list + " FROM staged_" + table +
         " ON CONFLICT DO NOTHING";
}

void LogDayWriter::WriteEvents(const std::vector<const Event*>& events, bool careful) {
  if (events.empty()) return;
  const std::vector<std::string> columns = {"account_id",      "id",   "event_type",
                                            "notification_id", "body", "accepted_at"};
  session_.CopyIn(careful ? "staged_events" : Partition("events"), columns, [&](postgres::BinaryRows& rows) {
    for (const Event* event : DistinctEvents(events)) {
      rows.Row()
          .Text(event->account.view())
          .Text(event->id.view())
          .Text(event->type)
          .Text(KeptNotification(event->notification_id, event->account, event->id))
          .Bytes(packer_.Pack(Dictionary::kBody, event->body))
          .Time(event->accepted_at);
    }
  });
  if (!careful) return;
  tx_.exec0(FromStaging("events", columns) + "; TRUNCATE staged_events");
}

Records LogDayWriter::WriteAttempts(const Records& records, bool careful) {
  Records requests = DistinctRequests(records);
  if (requests.empty()) return requests;
  const std::vector<std::string> columns = {
      "delivery_id",    "accepted_at",  "account_id",       "run",
      "attempt",        "started_at",   "duration_us",      "phases_us",
      "status",         "outcome",      "reason",           "url",
      "remote_address", "request_head", "response_headers", "response_excerpt"};
  const Keys erased = ErasedEvents(requests);
  session_.CopyIn(
      careful ? "staged_attempts" : Partition("attempts"), columns, [&](postgres::BinaryRows& rows) {
        for (const AttemptRecord* record : requests) {
          // What an endpoint answers may be the content that was erased.
          const bool blank = !erased.empty() &&
                             erased.contains(KeyOf(record->account, record->event_id, record->accepted_at));
          AppendAttempt(rows, *record, blank ? std::string_view() : record->response_excerpt);
        }
      });
  if (!careful) return requests;
  Keys fresh;
  for (const auto& row :
       tx_.exec(FromStaging("attempts", columns) +
                " RETURNING delivery_id, micros(accepted_at), run, attempt, micros(started_at)")) {
    AttemptRecord record;
    record.delivery_id = DeliveryId(row[0].as<std::string>());
    record.accepted_at = ToTime(row[1]);
    record.run = row[2].as<int>();
    record.attempt = row[3].as<int>();
    record.started_at = ToTime(row[4]);
    fresh.insert(KeyOf(record));
  }
  tx_.exec0("TRUNCATE staged_attempts");
  std::erase_if(requests, [&](const AttemptRecord* record) { return !fresh.contains(KeyOf(*record)); });
  return requests;
}

void LogDayWriter::AppendAttempt(postgres::BinaryRows& rows, const AttemptRecord& record,
                                 std::string_view excerpt) {
  std::vector<std::string> headers;
  ForEachLine(record.response_headers,
              [&](std::string_view line) { headers.push_back(WithoutZeros(std::string(line))); });
  const RequestPhases& phases = record.phases;
  rows.Row()
      .Text(record.delivery_id.view())
      .Time(record.accepted_at)
      .Text(record.account.view())
      .Integer(record.run)
      .Integer(record.attempt)
      .Time(record.started_at)
      .BigInt(record.duration.count())
      .BigInts({phases.dns.count(), phases.connect.count(), phases.tls.count(), phases.answer.count()})
      .Integer(record.status)
      .Text(record.outcome)
      .Text(WithoutZeros(record.reason))
      .Text(record.url)
      .Text(record.remote_address)
      .Bytes(packer_.Pack(Dictionary::kHead, WithoutZeros(record.request_head)))
      .Json(ToJson(headers))
      .Bytes(excerpt);
}

void LogDayWriter::WriteDeliveries(const Records& furthest, const Records& requests) {
  std::unordered_map<std::string, int> counts;
  for (const AttemptRecord* record : requests) ++counts[KeyOf(record->delivery_id, record->accepted_at)];
  const auto known = KnownDeliveries(furthest);
  const auto copy = [&](const std::string& table, bool of_known) {
    session_.CopyIn(table,
                    {"id", "accepted_at", "account_id", "webhook_id", "event_id", "event_type",
                     "notification_id", "run", "attempt", "rank", "kind", "state", "outcome", "status",
                     "reason", "attempts", "next_attempt_at", "updated_at"},
                    [&](postgres::BinaryRows& rows) {
                      for (const AttemptRecord* record : furthest) {
                        const std::string key = KeyOf(record->delivery_id, record->accepted_at);
                        if (known.contains(key) != of_known) continue;
                        const auto count = counts.find(key);
                        AppendDelivery(rows, *record, count == counts.end() ? 0 : count->second);
                      }
                    });
  };
  if (known.size() < furthest.size()) copy(Partition("deliveries"), false);
  if (known.empty()) return;
  copy("staged_deliveries", true);
  MoveDeliveries();
}

void LogDayWriter::AppendDelivery(postgres::BinaryRows& rows, const AttemptRecord& record,
                                  int requests) const {
  rows.Row()
      .Text(record.delivery_id.view())
      .Time(record.accepted_at)
      .Text(record.account.view())
      .Text(record.webhook_id.view())
      .Text(record.event_id.view())
      .Text(record.event_type)
      .Text(KeptNotification(record.notification_id, record.account, record.event_id))
      .Integer(record.run)
      .Integer(record.attempt)
      .SmallInt(static_cast<std::int16_t>(RankOf(record)))
      .SmallInt(static_cast<std::int16_t>(record.kind))
      .SmallInt(static_cast<std::int16_t>(record.state))
      .Text(record.outcome)
      .SmallInt(static_cast<std::int16_t>(record.status))
      .Text(WithoutZeros(record.reason))
      .Integer(requests);
  if (record.next_attempt_at) {
    rows.Time(*record.next_attempt_at);
  } else {
    rows.Null();
  }
  rows.Time(written_at_);
}

// A delivery's row follows the record that is furthest on; an ended run is not opened again by a late one,
// whose request counts all the same.
void LogDayWriter::MoveDeliveries() {
  const std::string forward =
      "(s.run > d.run OR (s.run = d.run AND CASE WHEN d.rank = 3 THEN s.rank = 3 AND s.state = 3 "
      "ELSE s.rank = 3 OR (s.attempt, s.rank) >= (d.attempt, d.rank) END))";
  std::string set = "attempts = d.attempts + s.attempts";
  for (const std::string column :
       {"run", "attempt", "rank", "kind", "state", "outcome", "reason", "next_attempt_at", "updated_at"})
    set += ", " + column + " = CASE WHEN " + forward + " THEN s." + column + " ELSE d." + column + " END";
  set += ", status = CASE WHEN " + forward +
         " AND NOT (s.status = 0 AND s.rank = 1) THEN s.status ELSE d.status END";
  tx_.exec0("UPDATE " + Partition("deliveries") + " d SET " + set +
            " FROM staged_deliveries s WHERE d.id = s.id AND d.accepted_at = s.accepted_at AND (" + forward +
            " OR s.attempts > 0); TRUNCATE staged_deliveries");
}

LogDayWriter::Keys LogDayWriter::KnownDeliveries(const Records& records) {
  Keys known;
  for (const auto& row :
       tx_.exec("SELECT id, micros(accepted_at) FROM " + Partition("deliveries") + " WHERE id = " +
                AnyOf(tx_, records, [](const AttemptRecord& record) { return record.delivery_id.str(); })))
    known.insert(KeyOf(DeliveryId(row[0].as<std::string>()), ToTime(row[1])));
  // Another publish of the same event has deliveries of the same ids.
  Keys wanted;
  for (const AttemptRecord* record : records) wanted.insert(KeyOf(record->delivery_id, record->accepted_at));
  std::erase_if(known, [&](const std::string& key) { return !wanted.contains(key); });
  return known;
}

LogDayWriter::Keys LogDayWriter::ErasedEvents(const Records& requests) {
  Records answered;
  std::copy_if(requests.begin(), requests.end(), std::back_inserter(answered),
               [](const AttemptRecord* record) { return !record->response_excerpt.empty(); });
  Keys erased;
  if (answered.empty()) return erased;
  for (const auto& row :
       tx_.exec("SELECT account_id, id, micros(accepted_at) FROM " + Partition("events") +
                " WHERE erased_at IS NOT NULL AND account_id = " +
                AnyOf(tx_, answered, [](const AttemptRecord& record) { return record.account.str(); }) +
                " AND id = " +
                AnyOf(tx_, answered, [](const AttemptRecord& record) { return record.event_id.str(); })))
    erased.insert(
        KeyOf(AccountId(row[0].as<std::string>()), EventId(row[1].as<std::string>()), ToTime(row[2])));
  return erased;
}

}  // namespace webhook::store
