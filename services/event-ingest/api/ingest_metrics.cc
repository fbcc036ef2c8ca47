#include "services/event-ingest/api/ingest_metrics.h"

#include "core/check.h"
#include "metrics/families.h"

namespace webhook {

IngestMetrics::IngestMetrics(metrics::Registry& registry)
    : kept_numbers(registry.Make(metrics::kIngestInexactNumbers)),
      broken_schemas(registry.Make(metrics::kIngestBrokenSchemas)),
      ack_seconds(registry.Make(metrics::kIngestKafkaAck)),
      size_bytes(registry.Make(metrics::kIngestEventSize)),
      in_flight(registry.Make(metrics::kIngestInFlight)),
      registry_up(registry.Make(metrics::kDependencyUp, {{"dependency", "registry"}})),
      kafka_up(registry.Make(metrics::kDependencyUp, {{"dependency", "kafka"}})),
      config_revision(registry.Make(metrics::kConfigRevision)),
      config_lag(registry.Make(metrics::kConfigLag)),
      publish_used(registry.Make(metrics::kQueueUsed, {{"queue", "publish"}})),
      producer_used(registry.Make(metrics::kQueueUsed, {{"queue", "producer"}})) {
  for (const std::string& result : metrics::ValuesOf(metrics::kIngestEvents.labels[0]))
    events_.emplace(result, registry.Make(metrics::kIngestEvents, {{"result", result}}));
}

void IngestMetrics::CountEvent(std::string_view result) const {
  const auto counter = events_.find(result);
  CHECK(counter != events_.end(), "the family names the result");
  counter->second.Add();
}

}  // namespace webhook
