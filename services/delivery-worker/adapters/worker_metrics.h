#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

#include "domain/attempt_record.h"
#include "metrics/metrics.h"

namespace webhook {

// Of a topic's partitions that this worker owns.
struct TopicLoad {
  std::int64_t not_done = 0;            // records, read or not
  std::int64_t lag = 0;                 // records from the committed offset to the end
  std::chrono::microseconds oldest{0};  // age of the oldest that is not done
};
// Of a role's partitions; 1 is the limit.
struct RoleFill {
  double window = 0;  // of the fullest partition
  double bytes = 0;   // of all
};

// The worker's time series. From any thread.
class WorkerMetrics {
 public:
  explicit WorkerMetrics(metrics::Registry& registry);

  // Counts one record of webhook.attempts.
  void CountAttempt(const AttemptRecord& record) const;
  void CountPoison(const std::string& topic) const;
  // A retry began so long after it was due.
  void ObserveRetryLateness(std::chrono::microseconds late) const;
  // Of a topic or stage that is none of the platform's nothing is told.
  void SetLoad(const std::string& topic, const TopicLoad& load) const;
  void SetFill(const std::string& role, const RoleFill& fill) const;
  // "fanout", "deliver", "wait".
  void SetOverdue(const std::string& stage, std::chrono::microseconds overdue) const;
  // "assigned", "revoked", "lost".
  void CountRebalance(const std::string& role, const std::string& type) const;
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
  metrics::Gauge in_flight_limit;
  metrics::Gauge egress_paused;
  metrics::Gauge config_revision;
  metrics::Gauge config_lag;
  metrics::Gauge producer_used;
  metrics::Gauge kafka_up;
  metrics::Gauge registry_up;

 private:
  using Counters = std::unordered_map<std::string, metrics::Counter>;
  using Gauges = std::unordered_map<std::string, metrics::Gauge>;
  struct OfTopic {
    metrics::Gauge backlog;
    metrics::Gauge lag_records;
    metrics::Gauge lag_seconds;
  };

  // By outcome, and then by the attempt: "1", "2", …, "test" or "redelivery".
  std::unordered_map<std::string, Counters> attempts_;
  Counters results_;
  Counters poison_;
  Counters parked_;
  std::unordered_map<std::string, Counters> rebalances_;  // by role and type
  Gauges assigned_;
  Gauges held_;
  Gauges window_used_;
  Gauges bytes_used_;
  Gauges overdue_;
  std::unordered_map<std::string, OfTopic> topics_;
  std::unordered_map<std::string, metrics::Histogram> phases_;
  metrics::Histogram first_attempt_delay_;
  metrics::Histogram retry_lateness_;
};

}  // namespace webhook
