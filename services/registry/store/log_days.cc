#include "services/registry/store/log_days.h"

#include <cstdio>
#include <optional>
#include <pqxx/pqxx>
#include <string>

#include "services/registry/store/tx.h"
#include "services/registry/store/values.h"

namespace webhook::store {

std::string DayName(Day day) {
  const std::chrono::year_month_day date(day);
  char text[16];
  std::snprintf(text, sizeof text, "%04d%02u%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

Status LogDays::Make(postgres::Session& session, const std::set<Day>& days) {
  for (const Day day : days) {
    if (made_.contains(day)) continue;
    const Status made = session.Transact<Done>("make a day of the log", [&](Tx& tx) -> Status {
      // Behind it everybody waits who waits for the table: it gives up soon, and is asked again.
      tx.exec0("SET LOCAL lock_timeout = '1s'");
      tx.exec_params1("SELECT make_log_day($1::date)", DayName(day));
      return Ok();
    });
    if (!made) return made;
    made_.insert(day);
  }
  return Ok();
}

Result<int> LogDays::Ahead(postgres::Session& session, WallTime now) {
  return session.Transact<int>("look how far the log's days reach", [&](Tx& tx) -> Result<int> {
    const auto rows = tx.exec_params(
        "SELECT right(c.relname, 8) FROM pg_class c WHERE c.relispartition AND "
        "c.relnamespace = current_schema()::regnamespace AND c.relname ~ "
        "'^(account_stats|attempts|deliveries|events|webhook_hours|webhook_stats)_[0-9]{8}$' AND "
        "right(c.relname, 8) > $1 "
        "GROUP BY 1 HAVING count(*) = 6",
        DayName(DayOf(now)));
    std::set<std::string> whole;
    for (const auto& row : rows) whole.insert(row[0].as<std::string>());
    int ahead = 0;
    while (whole.contains(DayName(DayOf(now) + std::chrono::days(ahead + 1)))) ++ahead;
    return ahead;
  });
}

Result<std::string> LogDays::DropOldest(postgres::Session& session, WallTime now) {
  struct Part {
    std::string name;
    bool attached = false;
    bool detaching = false;  // a crash has interrupted it
  };
  const std::string oldest_kept = DayName(DayOf(now) - retention_ - std::chrono::days(1));
  const auto part = session.Transact<
      std::optional<Part>>("look for an old day of the log", [&](Tx& tx) -> Result<std::optional<Part>> {
    const auto rows = tx.exec_params(
        "SELECT c.relname, c.relispartition, coalesce(i.inhdetachpending, false) FROM pg_class c "
        "LEFT JOIN pg_inherits i ON i.inhrelid = c.oid WHERE c.relkind = 'r' AND "
        "c.relnamespace = current_schema()::regnamespace AND c.relname ~ "
        "'^(account_stats|attempts|deliveries|events|webhook_hours|webhook_stats)_[0-9]{8}$' "
        "AND right(c.relname, 8) < $1 ORDER BY right(c.relname, 8), 1 LIMIT 1",
        oldest_kept);
    if (rows.empty()) return std::optional<Part>();
    return std::optional(Part{rows[0][0].as<std::string>(), rows[0][1].as<bool>(), rows[0][2].as<bool>()});
  });
  if (!part) return part.error();
  if (!*part) return std::string();
  const std::string& name = (*part)->name;
  constexpr std::size_t kDayLength = sizeof("_20260131") - 1;
  const std::string parent = name.substr(0, name.size() - kDayLength);
  constexpr char kWhat[] = "drop a day of the log";
  if ((*part)->attached) {
    // Outside of a transaction, and without the lock that would stop all readers and writers of the log.
    const std::string how = (*part)->detaching ? " FINALIZE" : " CONCURRENTLY";
    const Status detached =
        session.Execute(kWhat, "ALTER TABLE " + parent + " DETACH PARTITION " + name + how);
    if (!detached) return detached.error();
  }
  if (Status dropped = session.Execute(kWhat, "DROP TABLE " + name); !dropped) return dropped.error();
  return name;
}

}  // namespace webhook::store
