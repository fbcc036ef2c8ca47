#include "services/registry/store/instances.h"

#include <pqxx/pqxx>

#include "services/registry/store/platform_state.h"
#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

std::string Alive() {
  return "seen_at > now() - interval '" + std::to_string(kInstanceGone.count()) + " seconds'";
}

}  // namespace

WallTime NoteInstance(Tx& tx, const Instance& instance) {
  const std::optional<std::int64_t> started =
      instance.started_at ? std::optional(ToMicros(*instance.started_at)) : std::nullopt;
  BoundStatements(tx, std::chrono::seconds(1));
  const auto row = tx.exec_params1(
      "INSERT INTO instances AS i (service, instance, version, started_at, seen_at) "
      "VALUES ($1, $2, $3, from_micros($4), clock_timestamp()) ON CONFLICT (service, instance) DO UPDATE SET "
      "version = EXCLUDED.version, started_at = EXCLUDED.started_at, seen_at = EXCLUDED.seen_at "
      "RETURNING micros(seen_at)",
      instance.service, instance.name, instance.version, started);
  return ToTime(row[0]);
}

void ForgetInstance(Tx& tx, const Instance& instance, const std::optional<WallTime>& seen_at) {
  const std::optional<std::int64_t> seen = seen_at ? std::optional(ToMicros(*seen_at)) : std::nullopt;
  tx.exec_params0(
      "DELETE FROM instances WHERE service = $1 AND instance = $2 AND ($3::bigint IS NULL OR seen_at <= "
      "from_micros($3))",
      instance.service, instance.name, seen);
}

std::vector<Instance> ListInstances(Tx& tx, int limit) {
  std::vector<Instance> instances;
  const auto rows =
      tx.exec("SELECT service, instance, version, micros(started_at), micros(seen_at) FROM instances WHERE " +
              Alive() + " ORDER BY service, instance LIMIT " + std::to_string(limit));
  for (const auto& row : rows)
    instances.push_back({row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>(),
                         ToOptionalTime(row[3]), ToTime(row[4])});
  return instances;
}

void DropInstances(Tx& tx) {
  tx.exec0("DELETE FROM instances WHERE NOT " + Alive());
}

}  // namespace webhook::store
