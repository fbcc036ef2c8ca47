#include "services/event-ingest/api/ingest_metrics.h"

namespace webhook {
namespace {

constexpr char kEvents[] = "webhook_ingest_events_total";
constexpr char kEventsHelp[] = "Events by what became of them";
constexpr char kUp[] = "webhook_dependency_up";
constexpr char kUpHelp[] = "1: the dependency answers";

}  // namespace

IngestMetrics::IngestMetrics(metrics::Registry& registry)
    : accepted(registry.MakeCounter(kEvents, kEventsHelp, {{"result", "accepted"}})),
      duplicate(registry.MakeCounter(kEvents, kEventsHelp, {{"result", "duplicate"}})),
      invalid(registry.MakeCounter(kEvents, kEventsHelp, {{"result", "invalid"}})),
      limited(registry.MakeCounter(kEvents, kEventsHelp, {{"result", "limited"}})),
      unavailable(registry.MakeCounter(kEvents, kEventsHelp, {{"result", "unavailable"}})),
      denied(registry.MakeCounter(kEvents, kEventsHelp, {{"result", "unauthenticated"}})),
      kept_numbers(registry.MakeCounter(
          "webhook_ingest_inexact_numbers_total",
          "Numbers in event data that a double cannot carry: raw-body verification only")),
      broken_schemas(registry.MakeCounter("webhook_ingest_broken_schemas_total",
                                          "Events taken though their data breaks their type's schema")),
      ack_seconds(registry.MakeHistogram("webhook_ingest_kafka_ack_seconds",
                                         "From the call to the broker's acknowledgement",
                                         metrics::LatencyBounds())),
      size_bytes(registry.MakeHistogram("webhook_ingest_event_size_bytes", "Size of accepted bodies",
                                        {256, 1024, 4096, 16384, 65536, 262144, 1048576})),
      in_flight(registry.MakeGauge("webhook_ingest_in_flight",
                                   "Events that wait for the broker's acknowledgement")),
      registry_up(registry.MakeGauge(kUp, kUpHelp, {{"dependency", "registry"}})),
      kafka_up(registry.MakeGauge(kUp, kUpHelp, {{"dependency", "kafka"}})),
      config_revision(registry.MakeGauge("webhook_config_revision", "Configuration revision that is held")) {}

}  // namespace webhook
