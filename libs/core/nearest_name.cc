#include "core/nearest_name.h"

#include <algorithm>
#include <numeric>

namespace webhook {
namespace {

constexpr std::size_t kMaxName = 128;  // bounds the work on hostile input

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string NearestName(std::string_view mistyped, const std::vector<std::string>& known) {
  constexpr std::size_t kNear = 3;
  std::string nearest;
  std::size_t best = kNear + 1;
  if (mistyped.size() > kMaxName) return nearest;
  for (const std::string& name : known) {
    const std::size_t distance = EditDistance(mistyped, name);
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  return nearest;
}

}  // namespace webhook
