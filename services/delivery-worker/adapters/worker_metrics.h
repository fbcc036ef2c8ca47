#pragma once

#include <cstddef>
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
  // Of one role: partitions that it owns, records that it holds.
  void SetAssigned(const std::string& role, std::size_t partitions) const;
  void SetHeld(const std::string& role, std::size_t records) const;

  metrics::Counter fanout_matched;
  metrics::Counter fanout_unmatched;
  metrics::Counter fanout_duplicates;
  metrics::Counter fanout_deliveries;
  metrics::Counter fanout_stale;
  metrics::Counter pump_released;
  metrics::Counter pump_hopped;
  metrics::Counter checkpoints_refused;
  metrics::Counter partitions_rewound;
  metrics::Gauge in_flight;
  metrics::Gauge egress_paused;
  metrics::Gauge config_revision;
  metrics::Gauge kafka_up;
  metrics::Gauge registry_up;

 private:
  std::unordered_map<std::string, metrics::Counter> outcomes_;
  std::unordered_map<std::string, metrics::Counter> results_;
  std::unordered_map<std::string, metrics::Counter> poison_;
  std::unordered_map<std::string, metrics::Gauge> assigned_;
  std::unordered_map<std::string, metrics::Gauge> held_;
  metrics::Counter parked_;
  metrics::Histogram duration_;
  metrics::Histogram first_attempt_delay_;
};

}  // namespace webhook
