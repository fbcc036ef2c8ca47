#pragma once

#include "core/time.h"

namespace webhook::runtime {

// Both clocks, read once. The only place of the platform that reads a clock. `mono` counts also while the
// machine is suspended, as leases and rate windows must: it is not std::chrono::steady_clock's, and timers of
// the standard library and of Asio take durations, never a MonoTime.
Now ReadClock();

}  // namespace webhook::runtime
