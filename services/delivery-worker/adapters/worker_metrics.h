#pragma once

#include <string>
#include <unordered_map>

#include "domain/attempt_record.h"
#include "metrics/metrics.h"

namespace webhook {

// The worker's time series. From any thread.
class WorkerMetrics {
 public:
  explicit WorkerMetrics(metrics::Registry& registry);

  // Counts one record of webhook.attempts.
  void CountAttempt(const AttemptRecord& record) const;
  void CountPoison(const std::string& topic) const;

  metrics::Counter fanout_matched;
  metrics::Counter fanout_unmatched;
  metrics::Counter fanout_copies;
  metrics::Counter fanout_deliveries;
  metrics::Counter fanout_stale;
  metrics::Counter retries_released;
  metrics::Counter retries_hopped;
  metrics::Gauge in_flight;
  metrics::Gauge deliveries_held;
  metrics::Gauge waits_held;
  metrics::Gauge partitions_deliveries;
  metrics::Gauge config_revision;
  metrics::Gauge kafka_up;
  metrics::Gauge registry_up;

 private:
  std::unordered_map<std::string, metrics::Counter> outcomes_;
  std::unordered_map<std::string, metrics::Counter> results_;
  std::unordered_map<std::string, metrics::Counter> poison_;
  metrics::Counter parked_;
  metrics::Histogram duration_;
  metrics::Histogram first_attempt_delay_;
};

}  // namespace webhook
