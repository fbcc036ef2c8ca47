#include "services/registry/store/event_types.h"

#include <pqxx/pqxx>

#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

constexpr char kColumns[] =
    "name, description, sample, version, micros(deprecated_at), micros(updated_at), schema";

EventType ToEventType(const pqxx::row& row) {
  EventType type;
  type.name = row[0].as<std::string>();
  type.description = row[1].as<std::string>();
  type.sample = row[2].as<std::string>();
  type.version = row[3].as<int>();
  type.deprecated_at = ToOptionalTime(row[4]);
  type.updated_at = ToTime(row[5]);
  type.schema = row[6].as<std::string>("");
  return type;
}

Error NotFound(const std::string& name) {
  return {ErrorCode::kNotFound, "event_type_not_found", "no event type " + name};
}

}  // namespace

std::vector<EventType> ListEventTypes(Tx& tx) {
  std::vector<EventType> types;
  for (const auto& row : tx.exec(std::string("SELECT ") + kColumns + " FROM event_types ORDER BY name"))
    types.push_back(ToEventType(row));
  return types;
}

Result<EventType> ReadEventType(Tx& tx, const std::string& name) {
  const auto rows =
      tx.exec_params(std::string("SELECT ") + kColumns + " FROM event_types WHERE name = $1", name);
  if (rows.empty()) return NotFound(name);
  return ToEventType(rows[0]);
}

std::vector<EventType> ListVersions(Tx& tx, const std::string& name, int limit) {
  const auto rows =
      tx.exec_params(std::string("SELECT ") + kColumns +
                         " FROM event_type_versions WHERE name = $1 ORDER BY version DESC LIMIT $2",
                     name, limit);
  std::vector<EventType> versions;
  for (const auto& row : rows) versions.push_back(ToEventType(row));
  return versions;
}

EventType PutEventType(Tx& tx, const EventType& wanted, bool deprecated) {
  // A name that was deleted goes on counting.
  const auto rows = tx.exec_params(
      "INSERT INTO event_types AS t (name, description, sample, schema, deprecated_at, version) VALUES ($1, "
      "$2, $3, "
      "nullif($5, ''), CASE WHEN $4 THEN now() END, "
      "(SELECT coalesce(max(version), 0) + 1 FROM event_type_versions WHERE name = $1)) "
      "ON CONFLICT (name) DO UPDATE SET description = excluded.description, sample = excluded.sample, "
      "schema = excluded.schema, "
      "deprecated_at = CASE WHEN $4 THEN coalesce(t.deprecated_at, now()) END, version = excluded.version, "
      "updated_at = now() WHERE (t.description, t.sample, t.schema, t.deprecated_at IS NOT NULL) "
      "IS DISTINCT FROM (excluded.description, excluded.sample, excluded.schema, $4) RETURNING " +
          std::string(kColumns),
      wanted.name, wanted.description, wanted.sample, deprecated, wanted.schema);
  if (rows.empty()) return *ReadEventType(tx, wanted.name);
  tx.exec_params0(
      "INSERT INTO event_type_versions SELECT name, version, description, sample, schema, deprecated_at, "
      "updated_at "
      "FROM event_types WHERE name = $1",
      wanted.name);
  NoteChange(tx, "publisher", wanted.name);
  return ToEventType(rows[0]);
}

Status DeleteEventType(Tx& tx, const std::string& name) {
  if (tx.exec_params("DELETE FROM event_types WHERE name = $1 RETURNING name", name).empty())
    return NotFound(name);
  NoteChange(tx, "publisher", name);
  return Ok();
}

}  // namespace webhook::store
