#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace webhook {

// Wall-clock time with microseconds: for people, due times that survive a restart, and records.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
// Monotonic time: for intervals, limits and deadlines inside one process. Of runtime::ReadClock() only, which
// counts while the machine is suspended: it borrows steady_clock's type, not its clock. Never compared with
// a time of that clock, never given to a timer.
using MonoTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::microseconds>;

// The time as one argument. Logic never reads a clock: runtime/clock.h does, at the rim.
struct Now {
  MonoTime mono{};
  WallTime wall{};
};

// RFC 3339 in UTC. Years 1970 to 9999.
std::string FormatSeconds(WallTime time);  // "2024-01-15T10:30:00Z"
std::string FormatMillis(WallTime time);   // "2024-01-15T10:30:00.123Z"
void AppendMillis(WallTime time, std::string* out);
// RFC 3339 with any offset and up to nine decimals, of the years 1970 to 9999; nullopt: it is none. A leap
// second is the second after it.
std::optional<WallTime> ParseTime(std::string_view text);

}  // namespace webhook
