#include "services/delivery-worker/adapters/worker_metrics.h"

#include "domain/topics.h"

namespace webhook {
namespace {

constexpr const char* kOutcomes[] = {
    "success", "http_3xx", "http_4xx",        "http_429",    "http_5xx",         "permanent", "dns",
    "connect", "tls",      "timeout_connect", "timeout_tls", "timeout_response", "protocol",  "ssrf_blocked"};
constexpr DeliveryState kEnds[] = {DeliveryState::kDelivered, DeliveryState::kRejected,
                                   DeliveryState::kFailed,    DeliveryState::kCancelled,
                                   DeliveryState::kSkipped,   DeliveryState::kBlocked};

constexpr const char* kRoles[] = {"fanout", "deliver", "pump"};

double Seconds(std::chrono::microseconds time) {
  return std::chrono::duration<double>(time).count();
}

metrics::Gauge DependencyUp(metrics::Registry& registry, const std::string& dependency) {
  return registry.MakeGauge("webhook_dependency_up", "1 where the dependency answers",
                            {{"dependency", dependency}});
}

metrics::Counter FanoutEvents(metrics::Registry& registry, const std::string& result) {
  return registry.MakeCounter("webhook_fanout_events_total", "Events read by fan-out", {{"result", result}});
}

}  // namespace

WorkerMetrics::WorkerMetrics(metrics::Registry& registry)
    : fanout_matched(FanoutEvents(registry, "matched")),
      fanout_unmatched(FanoutEvents(registry, "no_match")),
      fanout_duplicates(FanoutEvents(registry, "duplicate")),
      fanout_deliveries(
          registry.MakeCounter("webhook_fanout_deliveries_total", "Deliveries made by fan-out")),
      fanout_stale(registry.MakeCounter(
          "webhook_fanout_stale_total",
          "Batches fanned out with the last copy of the webhooks: no registry answered")),
      pump_released(
          registry.MakeCounter("webhook_pump_released_total", "Waiting deliveries that became due")),
      pump_hopped(
          registry.MakeCounter("webhook_pump_hopped_total", "Waiting deliveries moved to another tier")),
      checkpoints_refused(registry.MakeCounter(
          "webhook_checkpoints_refused_total",
          "Commits whose map of completed records was not ours or damaged: only the offset was used")),
      partitions_rewound(registry.MakeCounter(
          "webhook_partitions_rewound_total",
          "Partitions whose log came to end before what was read of it: the brokers lost records")),
      in_flight(registry.MakeGauge("webhook_delivery_inflight", "Requests to endpoints that are running")),
      egress_paused(
          registry.MakeGauge("webhook_worker_egress_paused",
                             "Threads that send nothing: endpoints and the canary cannot be reached")),
      config_revision(
          registry.MakeGauge("webhook_config_revision", "Revision of the local copy of the webhooks")),
      kafka_up(DependencyUp(registry, "kafka")),
      registry_up(DependencyUp(registry, "registry")),
      parked_(registry.MakeCounter("webhook_deliveries_parked_total",
                                   "Deliveries sent to a wait tier without an attempt")),
      duration_(registry.MakeHistogram("webhook_delivery_attempt_duration_seconds", "Time of one attempt",
                                       metrics::LatencyBounds())),
      first_attempt_delay_(registry.MakeHistogram("webhook_delivery_first_attempt_delay_seconds",
                                                  "From making the delivery to its first attempt",
                                                  metrics::LatencyBounds())) {
  for (const char* outcome : kOutcomes) {
    outcomes_.emplace(outcome, registry.MakeCounter("webhook_delivery_attempts_total", "Attempts by outcome",
                                                    {{"outcome", outcome}}));
  }
  for (const DeliveryState state : kEnds) {
    const std::string result(ToText(state));
    results_.emplace(result, registry.MakeCounter("webhook_deliveries_completed_total",
                                                  "Deliveries by their end", {{"result", result}}));
  }
  for (const char* role : kRoles) {
    assigned_.emplace(role, registry.MakeGauge("webhook_kafka_assigned_partitions",
                                               "Partitions that this worker owns", {{"role", role}}));
    held_.emplace(role, registry.MakeGauge("webhook_worker_held_records", "Unfinished records held in memory",
                                           {{"role", role}}));
  }
  std::vector<std::string> topics = {kEventsTopic, kDeliveriesTopic};
  for (const WaitTier& tier : kWaitTiers) topics.push_back(tier.topic);
  for (const std::string& topic : topics) {
    poison_.emplace(topic, registry.MakeCounter("webhook_poison_records_total",
                                                "Records that could not be used, kept in webhook.poison",
                                                {{"topic", topic}}));
  }
}

void WorkerMetrics::CountAttempt(const AttemptRecord& record) const {
  if (record.requested) {
    if (const auto outcome = outcomes_.find(record.outcome); outcome != outcomes_.end())
      outcome->second.Add();
    duration_.Observe(Seconds(record.duration));
    if (record.attempt == 1 && record.kind == DeliveryKind::kEvent) {
      first_attempt_delay_.Observe(Seconds(record.started_at - record.created_at));
    }
  }
  if (record.outcome == "parked") parked_.Add();
  if (const auto result = results_.find(std::string(ToText(record.state))); result != results_.end()) {
    result->second.Add();
  }
}

void WorkerMetrics::SetAssigned(const std::string& role, std::size_t partitions) const {
  assigned_.at(role).Set(static_cast<double>(partitions));
}

void WorkerMetrics::SetHeld(const std::string& role, std::size_t records) const {
  held_.at(role).Set(static_cast<double>(records));
}

void WorkerMetrics::CountPoison(const std::string& topic) const {
  if (const auto counter = poison_.find(topic); counter != poison_.end()) counter->second.Add();
}

}  // namespace webhook
