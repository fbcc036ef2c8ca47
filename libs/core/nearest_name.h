#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace webhook {

// The known name nearest to a mistyped one (edit distance at most 3); empty: none is near.
std::string NearestName(std::string_view mistyped, const std::vector<std::string>& known);

}  // namespace webhook
