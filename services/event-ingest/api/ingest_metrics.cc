#include "services/event-ingest/api/ingest_metrics.h"

#include "metrics/families.h"

namespace webhook {

IngestMetrics::IngestMetrics(metrics::Registry& registry)
    : accepted(registry.Make(metrics::kIngestEvents, {{"result", "accepted"}})),
      duplicate(registry.Make(metrics::kIngestEvents, {{"result", "duplicate"}})),
      invalid(registry.Make(metrics::kIngestEvents, {{"result", "invalid"}})),
      limited(registry.Make(metrics::kIngestEvents, {{"result", "limited"}})),
      unavailable(registry.Make(metrics::kIngestEvents, {{"result", "unavailable"}})),
      denied(registry.Make(metrics::kIngestEvents, {{"result", "unauthenticated"}})),
      kept_numbers(registry.Make(metrics::kIngestInexactNumbers)),
      broken_schemas(registry.Make(metrics::kIngestBrokenSchemas)),
      ack_seconds(registry.Make(metrics::kIngestKafkaAck)),
      size_bytes(registry.Make(metrics::kIngestEventSize)),
      in_flight(registry.Make(metrics::kIngestInFlight)),
      registry_up(registry.Make(metrics::kDependencyUp, {{"dependency", "registry"}})),
      kafka_up(registry.Make(metrics::kDependencyUp, {{"dependency", "kafka"}})),
      config_revision(registry.Make(metrics::kConfigRevision)),
      config_lag(registry.Make(metrics::kConfigLag)),
      publish_used(registry.Make(metrics::kQueueUsed, {{"queue", "publish"}})),
      producer_used(registry.Make(metrics::kQueueUsed, {{"queue", "producer"}})) {}

}  // namespace webhook
