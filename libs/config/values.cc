#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>

#include "config/internal/values.h"

namespace webhook::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t millis;
};
constexpr std::array<Unit, 5> kUnits = {
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};

// Digits only, at most 9 of them; nullopt otherwise.
std::optional<std::int64_t> Whole(std::string_view text) {
  std::int64_t value = 0;
  if (text.empty() || text.size() > 9) return std::nullopt;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto value = Whole(text.substr(0, digits));
  for (const Unit& unit : kUnits) {
    if (value && text.substr(digits) == unit.name) return std::chrono::milliseconds{*value * unit.millis};
  }
  return std::nullopt;
}

std::string FormatDuration(std::chrono::milliseconds duration) {
  const Unit* best = &kUnits[0];
  for (const Unit& unit : kUnits) {
    if (duration.count() != 0 && duration.count() % unit.millis == 0) best = &unit;
  }
  return std::to_string(duration.count() / best->millis) + std::string(best->name);
}

bool IsAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (!bracketed && host.find(':') != std::string_view::npos) return false;
  const auto port = Whole(text.substr(colon + 1));
  return port && *port <= 65535;
}

std::string ShortNumber(double number) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%g", number);
  return buffer;
}

}  // namespace webhook::config
