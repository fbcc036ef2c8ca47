#pragma once

#include <string_view>

namespace webhook::rest {

// Without the blanks around it (RFC 9110 section 5.6.3).
inline std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace webhook::rest
