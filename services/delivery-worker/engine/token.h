#pragma once

#include <cstdint>

namespace webhook {

// Names one append or request of a lane; its lane chooses it.
using Token = std::uint64_t;

}  // namespace webhook
