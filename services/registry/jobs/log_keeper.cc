#include "services/registry/jobs/log_keeper.h"

#include <set>

#include "log/log.h"
#include "metrics/families.h"
#include "runtime/clock.h"

namespace webhook {
namespace {

constexpr int kDaysAhead = 3;

}  // namespace

LogKeeper::LogKeeper(postgres::DatabaseOptions database, std::chrono::days retention,
                     metrics::Registry& metrics)
    : database_(std::move(database)), days_(retention), ahead_(metrics.Make(metrics::kLogPartitionsAhead)) {}

Status LogKeeper::MakeAhead() {
  const auto session = postgres::Session::Open(database_);
  if (!session) return session.error();
  days_.Forget();
  std::set<store::Day> days;
  for (int ahead = 0; ahead <= kDaysAhead; ++ahead)
    days.insert(store::DayOf(runtime::ReadClock().wall) + std::chrono::days(ahead));
  return days_.Make(**session, days);
}

Status LogKeeper::LookAhead() {
  const auto session = postgres::Session::Open(database_);
  if (!session) return session.error();
  const auto ahead = store::LogDays::Ahead(**session, runtime::ReadClock().wall);
  if (!ahead) return ahead.error();
  ahead_.Set(*ahead);
  return Ok();
}

Status LogKeeper::DropOld() {
  const auto session = postgres::Session::Open(database_);
  if (!session) return session.error();
  for (;;) {
    const Now began = runtime::ReadClock();
    const auto dropped = days_.DropOldest(**session, began.wall);
    if (!dropped) return dropped.error();
    if (dropped->empty()) return Ok();
    const std::chrono::duration<double, std::milli> took = runtime::ReadClock().mono - began.mono;
    log::Info("delivery_log.day_dropped", {{"table", *dropped}, {"duration_ms", took.count()}});
  }
}

}  // namespace webhook
