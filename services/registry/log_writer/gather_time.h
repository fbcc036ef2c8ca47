#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace webhook {

// For how long records gather before they are written, by how many the batch before had: below a thousand a
// second it shrinks until none waits for another, above it grows up to a second, for a batch costs as much
// for each webhook in it as for some deliveries.
constexpr std::chrono::milliseconds GatherTime(std::size_t records_before) {
  return std::chrono::milliseconds(std::min<std::size_t>(records_before, 1'000));
}

}  // namespace webhook
