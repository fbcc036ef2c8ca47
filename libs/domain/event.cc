#include "domain/event.h"

#include <algorithm>
#include <array>

namespace webhook {

bool IsTraceparent(std::string_view text) {
  constexpr std::array<std::size_t, 3> kDashes = {2, 35, 52};
  if (text.size() != 55 || text.substr(0, 2) != "00") return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = std::find(kDashes.begin(), kDashes.end(), i) != kDashes.end();
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

}  // namespace webhook
