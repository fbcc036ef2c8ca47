#include "domain/event_pattern.h"

#include <algorithm>

namespace webhook {
namespace {

constexpr std::size_t kMaxTypeLength = 128;

// Number of dot-joined parts of [a-z0-9_]+; 0 where the form is broken.
std::size_t CountParts(std::string_view text) {
  std::size_t parts = 0;
  std::size_t length = 0;
  for (const char c : text) {
    if (c == '.') {
      if (length == 0) return 0;
      ++parts;
      length = 0;
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') {
      ++length;
    } else {
      return 0;
    }
  }
  return length == 0 ? 0 : parts + 1;
}

}  // namespace

bool Matches(std::string_view pattern, std::string_view type) {
  if (pattern == "*") return true;
  if (pattern.ends_with(".*")) return type.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == type;
}

bool MatchesAny(const std::vector<std::string>& patterns, std::string_view type) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return Matches(pattern, type); });
}

std::vector<std::string> PatternsFor(std::string_view type) {
  std::vector<std::string> patterns = {std::string(type), "*"};
  for (std::size_t dot = type.find('.'); dot != std::string_view::npos; dot = type.find('.', dot + 1))
    patterns.push_back(std::string(type.substr(0, dot + 1)) + "*");
  return patterns;
}

bool IsEventType(std::string_view text) {
  if (text.size() > kMaxTypeLength) return false;
  const std::size_t parts = CountParts(text);
  return parts >= 2 && parts <= 6;
}

bool IsEventPattern(std::string_view text) {
  if (text == "*") return true;
  if (text.size() > kMaxTypeLength) return false;
  if (text.ends_with(".*")) {
    const std::size_t parts = CountParts(text.substr(0, text.size() - 2));
    return parts >= 1 && parts <= 5;
  }
  return IsEventType(text);
}

}  // namespace webhook
