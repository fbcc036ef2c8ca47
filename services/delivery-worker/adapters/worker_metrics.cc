#include "services/delivery-worker/adapters/worker_metrics.h"

#include <algorithm>
#include <vector>

#include "domain/topics.h"
#include "metrics/families.h"
#include "services/delivery-worker/engine/stages.h"

namespace webhook {
namespace {

double Seconds(std::chrono::microseconds time) {
  return std::chrono::duration<double>(time).count();
}

metrics::Gauge DependencyUp(metrics::Registry& registry, const std::string& dependency) {
  return registry.Make(metrics::kDependencyUp, {{"dependency", dependency}});
}

metrics::Counter FanoutEvents(metrics::Registry& registry, const std::string& result) {
  return registry.Make(metrics::kFanoutEvents, {{"result", result}});
}

std::string WhichAttempt(const AttemptRecord& record) {
  switch (record.kind) {
    case DeliveryKind::kTest:
      return "test";
    case DeliveryKind::kRedelivery:
      return "redelivery";
    case DeliveryKind::kEvent:
      break;
  }
  return std::to_string(record.attempt);
}

const char* ParkReason(const std::string& told) {
  if (told == kWaitsForEndpoint) return "endpoint";
  if (told == kWaitsForAccount) return "account";
  if (told == kWaitsForConfig) return "configuration";
  return "platform";
}

// The time series of each value of the family's label `number`, beside `others`.
template <typename Metric, typename Family>
std::unordered_map<std::string, Metric> ByValue(metrics::Registry& registry, const Family& family,
                                                std::size_t number = 0, const metrics::Labels& others = {}) {
  std::unordered_map<std::string, Metric> all;
  for (const std::string& value : metrics::ValuesOf(family.labels[number])) {
    metrics::Labels labels = others;
    labels[std::string(family.labels[number].name)] = value;
    all.emplace(value, registry.Make(family, labels));
  }
  return all;
}

// The same for a family of two labels: by the first, and then by the second.
std::unordered_map<std::string, std::unordered_map<std::string, metrics::Counter>> ByTwoValues(
    metrics::Registry& registry, const metrics::CounterFamily& family) {
  std::unordered_map<std::string, std::unordered_map<std::string, metrics::Counter>> all;
  const metrics::Label& first = family.labels[0];
  for (const std::string& value : metrics::ValuesOf(first))
    all.emplace(value, ByValue<metrics::Counter>(registry, family, 1, {{std::string(first.name), value}}));
  return all;
}

}  // namespace

WorkerMetrics::WorkerMetrics(metrics::Registry& registry)
    : fanout_matched(FanoutEvents(registry, "matched")),
      fanout_unmatched(FanoutEvents(registry, "no_match")),
      fanout_duplicates(FanoutEvents(registry, "duplicate")),
      fanout_deliveries(registry.Make(metrics::kFanoutDeliveries)),
      fanout_stale(registry.Make(metrics::kFanoutStale)),
      pump_released(registry.Make(metrics::kPumpReleased)),
      pump_hopped(registry.Make(metrics::kPumpHopped)),
      checkpoints_refused(registry.Make(metrics::kCheckpointsRefused)),
      partitions_rewound(registry.Make(metrics::kPartitionsRewound)),
      in_flight(registry.Make(metrics::kDeliveryInFlight)),
      in_flight_limit(registry.Make(metrics::kDeliveryInFlightLimit)),
      egress_paused(registry.Make(metrics::kEgressPaused)),
      config_revision(registry.Make(metrics::kConfigRevision)),
      config_lag(registry.Make(metrics::kConfigLag)),
      producer_used(registry.Make(metrics::kQueueUsed, {{"queue", "producer"}})),
      kafka_up(DependencyUp(registry, "kafka")),
      registry_up(DependencyUp(registry, "registry")),
      attempts_(ByTwoValues(registry, metrics::kDeliveryAttempts)),
      results_(ByValue<metrics::Counter>(registry, metrics::kDeliveriesCompleted)),
      parked_(ByValue<metrics::Counter>(registry, metrics::kDeliveriesParked)),
      rebalances_(ByTwoValues(registry, metrics::kRebalances)),
      assigned_(ByValue<metrics::Gauge>(registry, metrics::kAssignedPartitions)),
      held_(ByValue<metrics::Gauge>(registry, metrics::kHeldRecords)),
      window_used_(ByValue<metrics::Gauge>(registry, metrics::kWindowUsed)),
      overdue_(ByValue<metrics::Gauge>(registry, metrics::kOverdue)),
      phases_(ByValue<metrics::Histogram>(registry, metrics::kAttemptDuration)),
      first_attempt_delay_(registry.Make(metrics::kFirstAttemptDelay)),
      retry_lateness_(registry.Make(metrics::kRetryLateness)) {
  // Of the other roles' records the bytes have no bound.
  for (const auto& [role, window] : window_used_)
    bytes_used_.emplace(role, registry.Make(metrics::kQueueUsed, {{"queue", role}}));
  std::vector<std::string> topics = {kEventsTopic, kDeliveriesTopic};
  for (const WaitTier& tier : kWaitTiers) topics.push_back(tier.topic);
  for (const std::string& topic : topics) {
    const metrics::Labels of_topic{{"topic", topic}};
    poison_.emplace(topic, registry.Make(metrics::kPoisonRecords, of_topic));
    topics_.emplace(topic, OfTopic{registry.Make(metrics::kBacklog, of_topic),
                                   registry.Make(metrics::kLagRecords, of_topic),
                                   registry.Make(metrics::kLagSeconds, of_topic)});
  }
}

void WorkerMetrics::CountAttempt(const AttemptRecord& record) const {
  if (record.requested) {
    if (const auto outcome = attempts_.find(record.outcome); outcome != attempts_.end()) {
      if (const auto counter = outcome->second.find(WhichAttempt(record)); counter != outcome->second.end())
        counter->second.Add();
    }
    const auto observe = [this](const char* phase, std::chrono::microseconds time) {
      if (time.count() > 0) phases_.at(phase).Observe(Seconds(time));
    };
    observe("dns", record.phases.dns);
    observe("connect", record.phases.connect);
    observe("tls", record.phases.tls);
    observe("answer", record.phases.answer);
    observe("total", record.duration);
    if (record.attempt == 1 && record.kind == DeliveryKind::kEvent) {
      // By two machines' clocks.
      first_attempt_delay_.Observe(std::max(0.0, Seconds(record.started_at - record.accepted_at)));
    }
  }
  if (record.outcome == "parked") parked_.at(ParkReason(record.reason)).Add();
  if (const auto result = results_.find(std::string(ToText(record.state))); result != results_.end()) {
    result->second.Add();
  }
}

void WorkerMetrics::ObserveRetryLateness(std::chrono::microseconds late) const {
  retry_lateness_.Observe(std::max(0.0, Seconds(late)));
}

void WorkerMetrics::SetLoad(const std::string& topic, const TopicLoad& load) const {
  const auto of_topic = topics_.find(topic);
  if (of_topic == topics_.end()) return;
  of_topic->second.backlog.Set(static_cast<double>(load.not_done));
  of_topic->second.lag_records.Set(static_cast<double>(load.lag));
  of_topic->second.lag_seconds.Set(Seconds(load.oldest));
}

void WorkerMetrics::SetFill(const std::string& role, const RoleFill& fill) const {
  if (const auto window = window_used_.find(role); window != window_used_.end())
    window->second.Set(fill.window);
  if (const auto bytes = bytes_used_.find(role); bytes != bytes_used_.end()) bytes->second.Set(fill.bytes);
}

void WorkerMetrics::SetOverdue(const std::string& stage, std::chrono::microseconds overdue) const {
  if (const auto gauge = overdue_.find(stage); gauge != overdue_.end()) gauge->second.Set(Seconds(overdue));
}

void WorkerMetrics::CountRebalance(const std::string& role, const std::string& type) const {
  rebalances_.at(role).at(type).Add();
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
