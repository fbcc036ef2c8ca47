#include "http/internal/retry_after.h"

#include <algorithm>
#include <ctime>
#include <string>

namespace webhook::http {
namespace {

using std::chrono::seconds;

constexpr seconds kMost{3600};
constexpr std::size_t kMaxDigits = 10;

}  // namespace

std::optional<seconds> ParseRetryAfter(std::string_view value, WallTime now) {
  const bool digits =
      !value.empty() && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits) {
    if (value.size() > kMaxDigits) return kMost;
    return std::min(kMost, seconds(std::stoll(std::string(value))));
  }
  std::tm date{};
  const std::string text(value);
  const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  if (end == nullptr || *end != '\0') return std::nullopt;
  const WallTime when{seconds(timegm(&date))};
  // Rounded up: never sooner than the endpoint asked.
  const auto wait = std::chrono::ceil<seconds>(when - now);
  return std::clamp(wait, seconds(0), kMost);
}

}  // namespace webhook::http
