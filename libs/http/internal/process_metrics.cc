#include "http/internal/process_metrics.h"

#include <chrono>

#include "metrics/families.h"
#include "runtime/clock.h"
#include "runtime/process.h"

namespace webhook::http {

ProcessMetrics::ProcessMetrics(metrics::Registry& registry)
    : cpu_(registry.Make(metrics::kProcessCpu)),
      resident_(registry.Make(metrics::kProcessResident)),
      descriptors_(registry.Make(metrics::kProcessDescriptors)),
      max_descriptors_(registry.Make(metrics::kProcessMaxDescriptors)),
      threads_(registry.Make(metrics::kProcessThreads)) {
  const auto now = runtime::ReadClock().wall.time_since_epoch();
  registry.Make(metrics::kProcessStart).Set(std::chrono::duration<double>(now).count());
}

void ProcessMetrics::Tell() {
  const runtime::ProcessUse use = runtime::ReadProcessUse();
  const std::scoped_lock lock(mutex_);
  // A look that began later may be here first.
  if (use.cpu_seconds > told_cpu_) {
    cpu_.Add(use.cpu_seconds - told_cpu_);
    told_cpu_ = use.cpu_seconds;
  }
  resident_.Set(use.resident_bytes);
  descriptors_.Set(use.open_descriptors);
  max_descriptors_.Set(use.max_descriptors);
  threads_.Set(use.threads);
}

}  // namespace webhook::http
