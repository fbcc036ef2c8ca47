#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webhook::http {

// Percent-decodes; `plus_is_space` as in forms. nullopt where an escape is broken, or what comes out is no
// text: control characters, or not UTF-8.
std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space);

// "a=1&b" in order, decoded; nullopt where any of it cannot be: a filter that is left out would show
// everything.
std::optional<std::vector<std::pair<std::string, std::string>>> ParseQuery(std::string_view query);

}  // namespace webhook::http
