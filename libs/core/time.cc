#include "core/time.h"

#include <cstdio>

namespace webhook {
namespace {

struct Civil {
  int year, month, day, hour, minute, second, millis;
};

Civil ToCivil(WallTime time) {
  using namespace std::chrono;
  const auto day_point = floor<days>(time);
  const year_month_day date{day_point};
  const auto rest = floor<milliseconds>(time - day_point);
  const hh_mm_ss clock{rest};
  return Civil{static_cast<int>(date.year()),
               static_cast<int>(static_cast<unsigned>(date.month())),
               static_cast<int>(static_cast<unsigned>(date.day())),
               static_cast<int>(clock.hours().count()),
               static_cast<int>(clock.minutes().count()),
               static_cast<int>(clock.seconds().count()),
               static_cast<int>(clock.subseconds().count())};
}

}  // namespace

std::string FormatSeconds(WallTime time) {
  const Civil c = ToCivil(time);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute,
                c.second);
  return text;
}

std::string FormatMillis(WallTime time) {
  const Civil c = ToCivil(time);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day, c.hour,
                c.minute, c.second, c.millis);
  return text;
}

}  // namespace webhook
