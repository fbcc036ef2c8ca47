#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webhook::http {

// Percent-decodes; `plus_is_space` as in forms. nullopt where an escape is broken.
std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space);

// "a=1&b" in order, decoded; pairs with a broken escape are left out.
std::vector<std::pair<std::string, std::string>> ParseQuery(std::string_view query);

}  // namespace webhook::http
