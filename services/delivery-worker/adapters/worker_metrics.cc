#include "services/delivery-worker/adapters/worker_metrics.h"

#include <algorithm>
#include <vector>

#include "domain/topics.h"
#include "metrics/families.h"
#include "services/delivery-worker/engine/stages.h"

namespace webhook {
namespace {

constexpr const char* kOutcomes[] = {
    "success", "http_3xx", "http_4xx",        "http_429",    "http_5xx",         "permanent", "dns",
    "connect", "tls",      "timeout_connect", "timeout_tls", "timeout_response", "protocol",  "ssrf_blocked"};
constexpr const char* kAttempts[] = {"1", "2", "3", "4", "5", "6", "redelivery", "test"};
constexpr DeliveryState kEnds[] = {DeliveryState::kDelivered, DeliveryState::kRejected,
                                   DeliveryState::kFailed,    DeliveryState::kCancelled,
                                   DeliveryState::kSkipped,   DeliveryState::kBlocked};
constexpr const char* kRoles[] = {"fanout", "deliver", "pump"};
constexpr const char* kLimitedRoles[] = {"fanout", "deliver"};
constexpr const char* kStages[] = {"fanout", "deliver", "wait"};
constexpr const char* kRebalanceTypes[] = {"assigned", "revoked", "lost"};
constexpr const char* kPhases[] = {"dns", "connect", "tls", "answer", "total"};
constexpr const char* kParkReasons[] = {"endpoint", "account", "configuration", "platform"};

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
      first_attempt_delay_(registry.Make(metrics::kFirstAttemptDelay)),
      retry_lateness_(registry.Make(metrics::kRetryLateness)) {
  for (const char* outcome : kOutcomes) {
    for (const char* attempt : kAttempts)
      attempts_[outcome].emplace(
          attempt, registry.Make(metrics::kDeliveryAttempts, {{"outcome", outcome}, {"attempt", attempt}}));
  }
  for (const DeliveryState state : kEnds) {
    const std::string result(ToText(state));
    results_.emplace(result, registry.Make(metrics::kDeliveriesCompleted, {{"result", result}}));
  }
  for (const char* role : kRoles) {
    assigned_.emplace(role, registry.Make(metrics::kAssignedPartitions, {{"role", role}}));
    held_.emplace(role, registry.Make(metrics::kHeldRecords, {{"role", role}}));
    for (const char* type : kRebalanceTypes)
      rebalances_[role].emplace(type, registry.Make(metrics::kRebalances, {{"role", role}, {"type", type}}));
  }
  for (const char* role : kLimitedRoles) {
    window_used_.emplace(role, registry.Make(metrics::kWindowUsed, {{"role", role}}));
    bytes_used_.emplace(role, registry.Make(metrics::kQueueUsed, {{"queue", role}}));
  }
  for (const char* stage : kStages)
    overdue_.emplace(stage, registry.Make(metrics::kOverdue, {{"stage", stage}}));
  for (const char* phase : kPhases)
    phases_.emplace(phase, registry.Make(metrics::kAttemptDuration, {{"phase", phase}}));
  for (const char* reason : kParkReasons)
    parked_.emplace(reason, registry.Make(metrics::kDeliveriesParked, {{"reason", reason}}));
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
      first_attempt_delay_.Observe(Seconds(record.started_at - record.created_at));
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
