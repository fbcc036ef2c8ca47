#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "metrics/metrics.h"
#include "services/registry/api/operations/document.h"

namespace webhook::rest {

// Counts REST calls by operation. From any thread.
class RestMetrics {
 public:
  // The registry outlives it.
  RestMetrics(metrics::Registry& registry, const Document& document);

  // `operation`: null where none was found.
  void Count(const Operation* operation, int status, std::chrono::microseconds took);

 private:
  metrics::Registry& registry_;
  std::map<std::string, metrics::Histogram> seconds_;  // by the operation's id
  std::mutex mutex_;
  std::map<std::pair<std::string, int>, metrics::Counter> requests_;  // those of a status from its first on
};

}  // namespace webhook::rest
