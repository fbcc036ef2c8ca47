#pragma once

#include <cstdint>

#include "tests/sim/world.h"

namespace webhook::sim {

// The run of one seed. An exception from the engine is a failure as well.
Outcome RunSeed(std::uint64_t seed, const Switches& switches, bool verbose);

}  // namespace webhook::sim
