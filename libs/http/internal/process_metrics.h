#pragma once

#include <mutex>

#include "metrics/metrics.h"

namespace webhook::http {

// What the process uses, under the names that Prometheus's own client libraries have for it. From any thread.
class ProcessMetrics {
 public:
  explicit ProcessMetrics(metrics::Registry& registry);

  // Brings the metrics up to now.
  void Tell();

 private:
  std::mutex mutex_;
  double told_cpu_ = 0;
  const metrics::Counter cpu_;
  const metrics::Gauge resident_;
  const metrics::Gauge descriptors_;
  const metrics::Gauge max_descriptors_;
  const metrics::Gauge threads_;
};

}  // namespace webhook::http
