#include "domain/retry_schedule.h"

namespace webhook {
namespace {

using std::chrono::seconds;

const RetrySchedule& Platform() {
  static const RetrySchedule schedule = {seconds{15}, seconds{60}, seconds{300}, seconds{900}, seconds{3600}};
  return schedule;
}

const RetrySchedule& Long() {
  static const RetrySchedule schedule = {seconds{15},    seconds{60},    seconds{300},   seconds{900},
                                         seconds{3600},  seconds{7200},  seconds{14400}, seconds{28800},
                                         seconds{43200}, seconds{64800}, seconds{86400}};
  return schedule;
}

}  // namespace

std::optional<RetrySchedule> SchedulePreset(std::string_view name) {
  if (name == "platform") return Platform();
  if (name == "long") return Long();
  return std::nullopt;
}

std::string_view PresetName(const RetrySchedule& schedule) {
  if (schedule == Platform()) return "platform";
  if (schedule == Long()) return "long";
  return "";
}

}  // namespace webhook
