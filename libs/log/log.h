#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace webhook::log {

enum class Level { kDebug, kInfo, kWarn, kError };
// The level of the setting's word: debug, info, warn, error. REQUIRES: one of them.
Level ParseLevel(std::string_view word);

// One value of a log line. Never a Secret, an API key, a payload or a header's value. Texts are views: a
// Field lives in the call that it is written in, and no longer.
struct Field {
  Field(std::string_view key, std::string_view text) : name(key), value(text) {}
  Field(std::string_view key, const char* text) : name(key), value(std::string_view(text)) {}
  Field(std::string_view key, const std::string& text) : name(key), value(std::string_view(text)) {}
  Field(std::string_view key, bool flag) : name(key), value(flag) {}
  template <typename T>
  requires std::is_integral_v<T> Field(std::string_view key, T number)
      : name(key), value(static_cast<std::int64_t>(number)) {}
  Field(std::string_view key, double number) : name(key), value(number) {}

  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;
};

// Sets the process's service name and lowest level. Once, before the first line.
void Configure(std::string service, Level lowest);

// One JSON object on stdout: {"ts","level","msg","service",…well-known fields…,"f":{others}}. `msg` is
// constant text of the form noun.past_verb. error = a person must act; warn = we healed; info = life cycle
// and one line per attempt. From any thread. A full or closed stdout never blocks or ends the process: 4
// MiB wait for it, and what finds no room is counted, and told as log.lines_lost when there is room again.
// Without Configure(), on stderr: what a tool has on stdout is its result.
void Write(Level level, std::string_view msg, std::initializer_list<Field> fields = {});

inline void Debug(std::string_view msg, std::initializer_list<Field> fields = {}) {
  Write(Level::kDebug, msg, fields);
}
inline void Info(std::string_view msg, std::initializer_list<Field> fields = {}) {
  Write(Level::kInfo, msg, fields);
}
inline void Warn(std::string_view msg, std::initializer_list<Field> fields = {}) {
  Write(Level::kWarn, msg, fields);
}
inline void Error(std::string_view msg, std::initializer_list<Field> fields = {}) {
  Write(Level::kError, msg, fields);
}

// The line without a newline; pure, for tests. REQUIRES: msg needs no JSON escape.
std::string Format(Level level, std::string_view service, std::string_view timestamp, std::string_view msg,
                   std::initializer_list<Field> fields);

}  // namespace webhook::log
