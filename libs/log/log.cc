#include "log/log.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/check.h"
#include "core/encoding.h"
#include "core/time.h"
#include "log/internal/line_sink.h"
#include "runtime/clock.h"

namespace webhook::log {
namespace {

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warn", "error"};
// Fields that log stores index: at the top of the line, the others under "f".
constexpr std::array<std::string_view, 11> kWellKnown = {
    "account_id", "event_id", "webhook_id",  "delivery_id", "run",     "attempt",
    "outcome",    "status",   "duration_ms", "error",       "trace_id"};

struct Settings {
  std::string service = "unknown";
  Level lowest = Level::kInfo;
};

Settings& TheSettings() {
  static Settings settings;
  return settings;
}

constexpr std::size_t kMaxWaitingBytes = 4u << 20;
constexpr std::chrono::milliseconds kLastWords{1'000};

// Null before Configure(). Never destroyed: whoever still runs at the end of the process may log.
std::atomic<LineSink*> the_sink{nullptr};

// Stands in JSON as it is.
bool IsPlain(char c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

void AppendString(std::string_view text, std::string* out) {
  constexpr char kHex[] = "0123456789abcdef";
  *out += '"';
  if (std::all_of(text.begin(), text.end(), IsPlain)) {
    out->append(text) += '"';
    return;
  }
  const bool utf8 = IsUtf8(text);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      *out += '\\';
      *out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      *out += "\\u00";
      *out += kHex[byte >> 4];
      *out += kHex[byte & 15];
    } else if (byte >= 0x80 && !utf8) {
      *out += "\xEF\xBF\xBD";
    } else {
      *out += c;
    }
  }
  *out += '"';
}

void AppendField(const Field& field, std::string* out) {
  AppendString(field.name, out);
  *out += ':';
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    AppendString(*text, out);
  } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    *out += std::to_string(*number);
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.6g", *real);
    *out += std::isfinite(*real) ? buffer : "null";
  } else {
    *out += std::get<bool>(field.value) ? "true" : "false";
  }
}

bool IsWellKnown(std::string_view name) {
  return std::find(kWellKnown.begin(), kWellKnown.end(), name) != kWellKnown.end();
}

void AppendLine(Level level, std::string_view service, std::string_view timestamp, std::string_view msg,
                std::initializer_list<Field> fields, std::string* line) {
  line->append(R"({"ts":")").append(timestamp);
  line->append(R"(","level":")").append(kLevels[static_cast<std::size_t>(level)]);
  line->append(R"(","msg":")").append(msg);
  line->append(R"(","service":")").append(service) += '"';
  bool others = false;
  for (const Field& field : fields) {
    if (!IsWellKnown(field.name)) {
      others = true;
      continue;
    }
    *line += ',';
    AppendField(field, line);
  }
  if (others) {
    *line += R"(,"f":{)";
    for (const Field& field : fields) {
      if (IsWellKnown(field.name)) continue;
      if (line->back() != '{') *line += ',';
      AppendField(field, line);
    }
    *line += '}';
  }
  *line += '}';
}

}  // namespace

Level ParseLevel(std::string_view word) {
  const auto found = std::find(kLevels.begin(), kLevels.end(), word);
  CHECK(found != kLevels.end(), "an unknown log level");
  return static_cast<Level>(found - kLevels.begin());
}

void Configure(std::string service, Level lowest) {
  TheSettings() = {std::move(service), lowest};
  the_sink = new LineSink(STDOUT_FILENO, kMaxWaitingBytes);
  std::atexit([] { static_cast<void>(the_sink.load()->Flush(kLastWords)); });
}

std::string Format(Level level, std::string_view service, std::string_view timestamp, std::string_view msg,
                   std::initializer_list<Field> fields) {
  std::string line;
  AppendLine(level, service, timestamp, msg, fields, &line);
  return line;
}

void Write(Level level, std::string_view msg, std::initializer_list<Field> fields) {
  const Settings& settings = TheSettings();
  if (level < settings.lowest) return;
  thread_local std::string text;
  thread_local std::string time;
  LineSink* sink = the_sink;
  const auto write = [&](Level severity, std::string_view said, std::initializer_list<Field> values) {
    time.clear();
    AppendMillis(runtime::ReadClock().wall, &time);
    text.clear();
    AppendLine(severity, settings.service, time, said, values, &text);
    text += '\n';
    if (sink != nullptr) return sink->Write(text);
    std::fwrite(text.data(), 1, text.size(), stderr);
  };
  if (sink != nullptr) {
    if (const std::uint64_t lost = sink->TakeLost(); lost > 0)
      write(Level::kWarn, "log.lines_lost", {{"count", lost}});
  }
  write(level, msg, fields);
}

}  // namespace webhook::log
