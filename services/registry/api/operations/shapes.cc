#include "services/registry/api/operations/shapes.h"

#include <nlohmann/json.hpp>

#include "domain/retry_schedule.h"

namespace webhook {
namespace {

using nlohmann::ordered_json;

ordered_json OptionalTime(const std::optional<WallTime>& time) {
  return time ? ordered_json(FormatMillis(*time)) : ordered_json(nullptr);
}

ordered_json ScheduleJson(const RetrySchedule& schedule) {
  const std::string_view preset = PresetName(schedule);
  if (!preset.empty()) return preset;
  ordered_json pauses = ordered_json::array();
  for (const auto pause : schedule) pauses.push_back(pause.count());
  return pauses;
}

double Milliseconds(std::chrono::microseconds duration) {
  return static_cast<double>(duration.count()) / 1000.0;
}

ordered_json FailureJson(const std::optional<store::LastFailure>& failure) {
  if (!failure) return nullptr;
  ordered_json json;
  json["at"] = FormatMillis(failure->at);
  json["delivery_id"] = failure->delivery_id.str();
  json["outcome"] = failure->outcome;
  json["status"] = failure->status == 0 ? ordered_json(nullptr) : ordered_json(failure->status);
  json["reason"] = failure->reason;
  return json;
}

}  // namespace

ordered_json ToJson(const store::WebhookRecord& record) {
  const Webhook& webhook = record.webhook;
  ordered_json json;
  json["id"] = webhook.id.str();
  json["url"] = webhook.url;
  json["description"] = record.description;
  json["events"] = webhook.events;
  json["active"] = webhook.active;
  json["inactive_reason"] =
      webhook.inactive_reason.empty() ? ordered_json(nullptr) : ordered_json(webhook.inactive_reason);
  json["inactive_since"] = OptionalTime(record.inactive_since);
  json["rate_limit"] = {{"per_minute", webhook.rate_limit.per_minute},
                        {"burst", webhook.rate_limit.burst},
                        {"burst_seconds", webhook.rate_limit.burst_seconds}};
  json["retry_schedule"] = ScheduleJson(webhook.retry_schedule);
  json["permanent_statuses"] = webhook.permanent_statuses;
  json["timeout_seconds"] = webhook.timeout.count();
  json["headers"] = ordered_json::object();
  for (const auto& [name, value] : webhook.headers) json["headers"][name] = value;
  json["created_at"] = FormatMillis(record.created_at);
  json["updated_at"] = FormatMillis(record.updated_at);
  json["revision"] = webhook.revision;
  return json;
}

ordered_json ToJson(const HealthItem& item) {
  const store::WebhookHealth& health = item.health;
  ordered_json json;
  json["webhook_id"] = health.id.str();
  json["state"] = HealthState(health);
  json["summary"] = HealthSummary(item);
  json["requests"] = item.requests();
  json["succeeded"] = item.succeeded();
  json["steps"] = ordered_json::array();
  for (const store::RequestStep& step : item.steps)
    json["steps"].push_back(
        {{"at", FormatMillis(step.at)}, {"requests", step.requests}, {"succeeded", step.succeeded}});
  json["last_success_at"] = OptionalTime(health.last_success_at);
  json["failing_since"] = OptionalTime(health.failing_since);
  json["last_failure"] = FailureJson(health.last_failure);
  json["waiting"]["deliveries"] = item.waiting.deliveries;
  json["waiting"]["next_attempt_at"] = OptionalTime(item.waiting.next_attempt_at);
  return json;
}

ordered_json ToJson(const store::DeliveryRow& delivery) {
  static const char* const kKinds[] = {"", "event", "test", "redelivery"};
  ordered_json json;
  json["id"] = delivery.id.str();
  json["webhook_id"] = delivery.webhook_id.str();
  json["event_id"] = delivery.event_id.str();
  json["event"] = delivery.event_type;
  json["notification_id"] = delivery.notification_id.str();
  json["kind"] = kKinds[static_cast<int>(delivery.kind) & 3];
  json["state"] = ToText(delivery.state);
  json["run"] = delivery.run;
  json["attempts"] = delivery.attempts;
  json["outcome"] = delivery.outcome;
  json["status"] = delivery.status == 0 ? ordered_json(nullptr) : ordered_json(delivery.status);
  json["reason"] = delivery.reason;
  json["created_at"] = FormatMillis(delivery.accepted_at);
  json["updated_at"] = FormatMillis(delivery.updated_at);
  json["next_attempt_at"] = OptionalTime(delivery.next_attempt_at);
  return json;
}

ordered_json ToJson(const store::AttemptRow& attempt) {
  ordered_json json;
  json["run"] = attempt.run;
  json["attempt"] = attempt.attempt;
  json["started_at"] = FormatMillis(attempt.started_at);
  json["duration_ms"] = Milliseconds(attempt.duration);
  json["outcome"] = attempt.outcome;
  json["reason"] = attempt.reason;
  json["status"] = attempt.status == 0 ? ordered_json(nullptr) : ordered_json(attempt.status);
  json["url"] = attempt.url;
  json["remote_address"] = attempt.remote_address;
  json["phases_ms"] = {{"dns", Milliseconds(attempt.phases.dns)},
                       {"connect", Milliseconds(attempt.phases.connect)},
                       {"tls", Milliseconds(attempt.phases.tls)},
                       {"answer", Milliseconds(attempt.phases.answer)}};
  json["request_head"] = attempt.request_head;
  json["response_headers"] = attempt.response_headers;
  json["response_excerpt"] = attempt.response_excerpt;
  return json;
}

ordered_json ToJson(const store::EventRow& event) {
  ordered_json json;
  json["id"] = event.id.str();
  json["event"] = event.type;
  json["notification_id"] = event.notification_id.str();
  json["accepted_at"] = FormatMillis(event.accepted_at);
  json["erased_at"] = OptionalTime(event.erased_at);
  return json;
}

ordered_json ToJson(const store::Redelivery& redelivery) {
  ordered_json json;
  json["id"] = redelivery.id;
  json["state"] = redelivery.state;
  json["filter"] = ordered_json::parse(redelivery.filter, nullptr, false);
  json["total"] = redelivery.total;
  json["sent"] = redelivery.sent;
  json["passed"] = redelivery.passed;
  json["created_at"] = FormatMillis(redelivery.created_at);
  json["ended_at"] = OptionalTime(redelivery.ended_at);
  return json;
}

ordered_json ToJson(const store::EventType& type) {
  ordered_json json;
  json["name"] = type.name;
  json["description"] = type.description;
  json["sample"] = ordered_json::parse(type.sample, nullptr, false);
  json["schema"] =
      type.schema.empty() ? ordered_json(nullptr) : ordered_json::parse(type.schema, nullptr, false);
  json["version"] = type.version;
  json["deprecated_at"] = OptionalTime(type.deprecated_at);
  json["updated_at"] = FormatMillis(type.updated_at);
  return json;
}

ordered_json ToJson(const store::Account& account) {
  return {{"id", account.id.str()}, {"name", account.name}, {"created_at", FormatMillis(account.created_at)}};
}

ordered_json ToJson(const store::ApiKey& key) {
  ordered_json json;
  json["id"] = key.id.str();
  json["name"] = key.name;
  json["scopes"] = key.scopes;
  json["created_at"] = FormatMillis(key.created_at);
  json["expires_at"] = OptionalTime(key.expires_at);
  json["last_used_at"] = OptionalTime(key.last_used_at);
  json["revoked_at"] = OptionalTime(key.revoked_at);
  return json;
}

ordered_json ToJson(const store::AuditEntry& entry) {
  ordered_json json;
  json["id"] = entry.id;
  json["at"] = FormatMillis(entry.at);
  json["actor"] = entry.actor;
  json["action"] = entry.action;
  json["object"] = entry.object;
  json["request_id"] = entry.request_id;
  json["remote_address"] = entry.remote_address;
  return json;
}

ordered_json ToJson(const store::SecretRow& secret) {
  return {{"id", secret.id},
          {"created_at", FormatMillis(secret.created_at)},
          {"expires_at", OptionalTime(secret.expires_at)}};
}

std::string Dump(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace webhook
