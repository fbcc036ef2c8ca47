#pragma once

#include "core/time.h"

namespace webhook::runtime {

// Both clocks, read once. The only place of the platform that reads a clock.
Now ReadClock();

}  // namespace webhook::runtime
