#include "services/registry/store/store_metrics.h"

#include "metrics/families.h"

namespace webhook::store {

void StoreMetrics::Observe(const char* what, std::chrono::microseconds took) {
  const std::scoped_lock lock(mutex_);
  auto seconds = seconds_.find(what);
  if (seconds == seconds_.end())
    seconds =
        seconds_.emplace(what, registry_.Make(metrics::kTransactionSeconds, {{"transaction", what}})).first;
  seconds->second.Observe(std::chrono::duration<double>(took).count());
}

}  // namespace webhook::store
