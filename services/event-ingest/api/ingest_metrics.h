#pragma once

#include <map>
#include <string>
#include <string_view>

#include "metrics/metrics.h"

namespace webhook {

// What event-ingest counts.
struct IngestMetrics {
  explicit IngestMetrics(metrics::Registry& registry);

  // REQUIRES: `result` is one of those that metrics::kIngestEvents names.
  void CountEvent(std::string_view result) const;

  metrics::Counter kept_numbers;
  metrics::Counter broken_schemas;
  metrics::Histogram ack_seconds;
  metrics::Histogram size_bytes;
  metrics::Gauge in_flight;
  metrics::Gauge registry_up;
  metrics::Gauge kafka_up;
  metrics::Gauge config_revision;
  metrics::Gauge config_lag;
  metrics::Gauge publish_used;
  metrics::Gauge producer_used;

 private:
  std::map<std::string, metrics::Counter, std::less<>> events_;
};

}  // namespace webhook
