#include "runtime/clock.h"

#include <time.h>

#include "core/check.h"

namespace webhook::runtime {

Now ReadClock() {
  using std::chrono::microseconds;
  timespec boot{};
  CHECK(clock_gettime(CLOCK_BOOTTIME, &boot) == 0, "Linux has CLOCK_BOOTTIME");
  const auto since_boot = std::chrono::seconds(boot.tv_sec) + std::chrono::nanoseconds(boot.tv_nsec);
  return {MonoTime(std::chrono::duration_cast<microseconds>(since_boot)),
          std::chrono::time_point_cast<microseconds>(std::chrono::system_clock::now())};
}

}  // namespace webhook::runtime
