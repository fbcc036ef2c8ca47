#include "http/internal/retry_after.h"

#include <algorithm>
#include <ctime>
#include <string>

namespace webhook::http {
namespace {

using std::chrono::seconds;

constexpr seconds kMost{3600};
constexpr std::size_t kMaxDigits = 10;
// RFC 9110 section 5.6.7: the one that is to be sent, and two that are to be understood.
constexpr const char* kDateForms[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                      "%a %b %e %H:%M:%S %Y"};

std::optional<WallTime> ParseHttpDate(const std::string& text) {
  for (const char* form : kDateForms) {
    std::tm date{};
    const char* end = strptime(text.c_str(), form, &date);
    if (end != nullptr && *end == '\0') return WallTime{seconds(timegm(&date))};
  }
  return std::nullopt;
}

}  // namespace

std::optional<seconds> ParseRetryAfter(std::string_view value, WallTime now) {
  const bool digits =
      !value.empty() && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits) {
    value.remove_prefix(std::min(value.find_first_not_of('0'), value.size() - 1));
    if (value.size() > kMaxDigits) return kMost;
    return std::min(kMost, seconds(std::stoll(std::string(value))));
  }
  const auto when = ParseHttpDate(std::string(value));
  if (!when) return std::nullopt;
  // Rounded up: never sooner than the endpoint asked.
  const auto wait = std::chrono::ceil<seconds>(*when - now);
  return std::clamp(wait, seconds(0), kMost);
}

}  // namespace webhook::http
