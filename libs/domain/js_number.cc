#include "domain/js_number.h"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace webhook {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// 0.DIGITS * 10^point, without leading or trailing zeros in DIGITS; zero has no digits.
struct Decimal {
  std::string digits;
  std::int64_t point = 0;

  bool operator==(const Decimal&) const = default;
};

// Text: digits, '.', exponent; no sign in front.
Decimal Parse(std::string_view text) {
  Decimal decimal;
  std::size_t at = 0;
  bool after_point = false;
  for (; at < text.size() && (IsDigit(text[at]) || text[at] == '.'); ++at) {
    if (text[at] == '.') {
      after_point = true;
      continue;
    }
    if (decimal.digits.empty() && text[at] == '0') {
      if (after_point) --decimal.point;
      continue;
    }
    decimal.digits += text[at];
    if (!after_point) ++decimal.point;
  }
  std::int64_t exponent = 0;
  if (at < text.size()) {
    ++at;  // e
    const bool negative = text[at] == '-';
    if (text[at] == '-' || text[at] == '+') ++at;
    constexpr std::int64_t kFar = 1'000'000'000;  // no double is near; more digits must not overflow
    for (; at < text.size() && exponent < kFar; ++at) exponent = exponent * 10 + (text[at] - '0');
    if (negative) exponent = -exponent;
  }
  while (!decimal.digits.empty() && decimal.digits.back() == '0') decimal.digits.pop_back();
  if (decimal.digits.empty()) return {};
  decimal.point += exponent;
  return decimal;
}

// Steps 6 to 10 of Number::toString: k digits, value 0.DIGITS * 10^n.
std::string Print(const Decimal& decimal) {
  const std::string& digits = decimal.digits;
  const auto k = static_cast<std::int64_t>(digits.size());
  const std::int64_t n = decimal.point;
  if (k <= n && n <= 21) return digits + std::string(static_cast<std::size_t>(n - k), '0');
  if (0 < n && n <= 21) {
    const auto split = static_cast<std::size_t>(n);
    return digits.substr(0, split) + "." + digits.substr(split);
  }
  if (-6 < n && n <= 0) return "0." + std::string(static_cast<std::size_t>(-n), '0') + digits;
  const std::int64_t exponent = n - 1;
  std::string printed = digits.substr(0, 1);
  if (k > 1) printed += "." + digits.substr(1);
  return printed + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
}

}  // namespace

std::size_t JsonNumberLength(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t first = at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    return at - first;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const bool zero = at < text.size() && text[at] == '0';
  const std::size_t whole = zero ? (++at, 1) : digits();
  if (whole == 0) return 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return 0;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return 0;
  }
  return at;
}

std::optional<std::string> JsNumber(std::string_view text) {
  const bool negative = text[0] == '-';
  const std::string_view magnitude = negative ? text.substr(1) : text;
  const Decimal exact = Parse(magnitude);
  if (exact.digits.empty()) return "0";  // -0 too: JSON.stringify(-0) is "0"

  double value = 0;
  const auto read = std::from_chars(magnitude.data(), magnitude.data() + magnitude.size(), value);
  if (read.ec != std::errc() || !std::isfinite(value)) return std::nullopt;
  char shortest[32];
  const auto written =
      std::to_chars(shortest, shortest + sizeof shortest, value, std::chars_format::scientific);
  const Decimal printed = Parse(std::string_view(shortest, static_cast<std::size_t>(written.ptr - shortest)));
  if (printed != exact) return std::nullopt;
  return (negative ? "-" : "") + Print(exact);
}

}  // namespace webhook
