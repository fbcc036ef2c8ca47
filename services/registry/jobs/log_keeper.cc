#include "services/registry/jobs/log_keeper.h"

#include <set>

#include "log/log.h"
#include "runtime/clock.h"

namespace webhook {
namespace {

constexpr int kDaysAhead = 3;

}  // namespace

Status LogKeeper::MakeAhead() {
  const auto session = postgres::Session::Open(database_);
  if (!session) return session.error();
  days_.Forget();
  std::set<store::Day> days;
  for (int ahead = 0; ahead <= kDaysAhead; ++ahead)
    days.insert(store::DayOf(runtime::ReadClock().wall) + std::chrono::days(ahead));
  return days_.Make(**session, days);
}

Status LogKeeper::DropOld() {
  const auto session = postgres::Session::Open(database_);
  if (!session) return session.error();
  for (;;) {
    const auto dropped = days_.DropOldest(**session, runtime::ReadClock().wall);
    if (!dropped) return dropped.error();
    if (!*dropped) return Ok();
    log::Info("delivery_log.day_dropped");
  }
}

}  // namespace webhook
