#include "core/time.h"

#include <cstdint>
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

void WriteNumber(int number, int digits, char* to) {
  for (; digits > 0; number /= 10) to[--digits] = static_cast<char>('0' + number % 10);
}

// Reads `digits` digits off the front; nullopt: they are not there.
std::optional<int> TakeNumber(std::string_view* text, std::size_t digits) {
  if (text->size() < digits) return std::nullopt;
  int number = 0;
  for (const char c : text->substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text->remove_prefix(digits);
  return number;
}

bool Take(std::string_view* text, std::string_view any_of) {
  if (text->empty() || any_of.find(text->front()) == std::string_view::npos) return false;
  text->remove_prefix(1);
  return true;
}

// Two numbers and a separator: an hour and a minute.
std::optional<std::chrono::minutes> TakeClock(std::string_view* text) {
  const auto hour = TakeNumber(text, 2);
  if (!hour || !Take(text, ":")) return std::nullopt;
  const auto minute = TakeNumber(text, 2);
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  return std::chrono::hours{*hour} + std::chrono::minutes{*minute};
}

std::optional<std::chrono::sys_days> TakeDate(std::string_view* text) {
  const auto year = TakeNumber(text, 4);
  if (!year || !Take(text, "-")) return std::nullopt;
  const auto month = TakeNumber(text, 2);
  if (!month || !Take(text, "-")) return std::nullopt;
  const auto day = TakeNumber(text, 2);
  if (!day || *year < 1970) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  return date.ok() ? std::optional(std::chrono::sys_days{date}) : std::nullopt;
}

// Decimals of a second after the point; more than microseconds are left out.
std::optional<std::chrono::microseconds> TakeFraction(std::string_view* text) {
  std::int64_t micros = 0;
  std::size_t digits = 0;
  while (const auto digit = TakeNumber(text, 1)) {
    if (++digits > 9) return std::nullopt;
    if (digits <= 6) micros = micros * 10 + *digit;
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits) micros *= 10;
  return std::chrono::microseconds{micros};
}

}  // namespace

std::optional<WallTime> ParseTime(std::string_view text) {
  const auto date = TakeDate(&text);
  if (!date || !Take(&text, "Tt ")) return std::nullopt;
  const auto clock = TakeClock(&text);
  if (!clock || !Take(&text, ":")) return std::nullopt;
  const auto second = TakeNumber(&text, 2);
  if (!second || *second > 60) return std::nullopt;
  // A leap second, or an offset, may lead out of the years that a time can be written with.
  constexpr WallTime kEnd{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}};
  WallTime time = WallTime{*date} + *clock + std::chrono::seconds{*second};
  if (Take(&text, ".")) {
    const auto fraction = TakeFraction(&text);
    if (!fraction) return std::nullopt;
    time += *fraction;
  }
  if (Take(&text, "Zz")) return text.empty() && time < kEnd ? std::optional(time) : std::nullopt;
  const bool east = !text.empty() && text.front() == '+';
  if (!Take(&text, "+-")) return std::nullopt;
  const auto offset = TakeClock(&text);
  if (!offset || !text.empty()) return std::nullopt;
  time += east ? -*offset : *offset;
  return time < WallTime{} || time >= kEnd ? std::nullopt : std::optional(time);
}

std::string FormatSeconds(WallTime time) {
  const Civil c = ToCivil(time);
  std::string text = "0000-00-00T00:00:00Z";
  WriteNumber(c.year, 4, &text[0]);
  WriteNumber(c.month, 2, &text[5]);
  WriteNumber(c.day, 2, &text[8]);
  WriteNumber(c.hour, 2, &text[11]);
  WriteNumber(c.minute, 2, &text[14]);
  WriteNumber(c.second, 2, &text[17]);
  return text;
}

std::string FormatMillis(WallTime time) {
  std::string text;
  AppendMillis(time, &text);
  return text;
}

void AppendMillis(WallTime time, std::string* out) {
  const Civil c = ToCivil(time);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day, c.hour,
                c.minute, c.second, c.millis);
  out->append(text);
}

}  // namespace webhook
