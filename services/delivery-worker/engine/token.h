#pragma once

#include <cstdint>

namespace webhook {

// Names what a lane holds (a delivery, a record that waits) in all of its requests and appends; its lane
// chooses it.
using Token = std::uint64_t;

}  // namespace webhook
