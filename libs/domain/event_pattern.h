#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace webhook {

// What a webhook subscribes to: an event type ("user.created"), all types below a prefix ("user.*"), or all
// ("*").

// True where the pattern covers the type. Both are well formed.
bool Matches(std::string_view pattern, std::string_view type);
// True where any pattern covers the type.
bool MatchesAny(const std::vector<std::string>& patterns, std::string_view type);
// All patterns that cover the type: itself, "*", and each prefix with ".*".
std::vector<std::string> PatternsFor(std::string_view type);

// True for an event type's form: 2 to 6 parts of [a-z0-9_]+, joined by dots, at most 128 characters.
bool IsEventType(std::string_view text);
// True for "*", "<part>.*" (any number of parts) or an event type.
bool IsEventPattern(std::string_view text);

}  // namespace webhook
