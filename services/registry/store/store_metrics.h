#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "metrics/metrics.h"

namespace webhook::store {

// How long transactions take, by what they do. From any thread.
class StoreMetrics {
 public:
  // The registry outlives it.
  explicit StoreMetrics(metrics::Registry& registry) : registry_(registry) {}

  // For DatabaseOptions::on_transaction.
  void Observe(const char* what, std::chrono::microseconds took);

 private:
  metrics::Registry& registry_;
  std::mutex mutex_;
  std::map<std::string, metrics::Histogram, std::less<>> seconds_;  // each from its first transaction on
};

}  // namespace webhook::store
