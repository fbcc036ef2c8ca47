#pragma once

#include "metrics/metrics.h"

namespace webhook {

// What event-ingest counts.
struct IngestMetrics {
  explicit IngestMetrics(metrics::Registry& registry);

  metrics::Counter accepted;
  metrics::Counter duplicate;
  metrics::Counter invalid;
  metrics::Counter limited;
  metrics::Counter unavailable;
  metrics::Counter denied;
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
};

}  // namespace webhook
