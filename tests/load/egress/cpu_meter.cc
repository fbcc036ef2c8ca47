#include "tests/load/egress/cpu_meter.h"

#include <sys/resource.h>

#include "runtime/clock.h"

namespace webhook::load {
namespace {

double Micros(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
}

}  // namespace

Usage CpuMeter::Read() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto now = runtime::ReadClock().mono.time_since_epoch();
  return {Micros(used.ru_utime), Micros(used.ru_stime), static_cast<double>(now.count())};
}

}  // namespace webhook::load
