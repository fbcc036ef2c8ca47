#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Text forms of setting values.
namespace webhook::config {

// "a, b,,c" -> a b c.
std::vector<std::string> SplitList(std::string_view text);
// 250ms, 30s, 5m, 2h, 3d; nullopt for anything else.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);
// In the greatest unit that needs no fraction.
std::string FormatDuration(std::chrono::milliseconds duration);
// host:port; an IPv6 host in brackets.
bool IsAddress(std::string_view text);
std::string ShortNumber(double number);

}  // namespace webhook::config
