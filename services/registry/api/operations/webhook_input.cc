#include "services/registry/api/operations/webhook_input.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>
#include "core/encoding.h"
#include "core/nearest_name.h"
#include "crypto/webhook_signature.h"
#include "domain/event_pattern.h"
#include "http/endpoint_url.h"

namespace webhook {
namespace {

using std::chrono::seconds;
using Violations = std::vector<FieldViolation>;

// Headers that are ours or the connection's; also all that begin with x-platform- or webhook-.
const std::set<std::string>& ReservedHeaders() {
  static const std::set<std::string> names = {"host",
                                              "content-length",
                                              "content-type",
                                              "connection",
                                              "transfer-encoding",
                                              "user-agent",
                                              "te",
                                              "trailer",
                                              "upgrade",
                                              "expect",
                                              "keep-alive",
                                              "proxy-authorization",
                                              "proxy-connection",
                                              "accept-encoding",
                                              "content-encoding",
                                              "traceparent",
                                              "tracestate",
                                              "cookie"};
  return names;
}

std::string Lower(const std::string& text) {
  std::string lower = text;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// RFC 9110 section 5.6.2.
bool IsToken(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool IsFieldValue(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\t'; });
}

std::string HeaderProblem(const std::string& name, const std::string& value) {
  const std::string lower = Lower(name);
  if (!IsToken(name)) return "the name is no header name";
  if (ReservedHeaders().contains(lower) || lower.rfind("x-platform-", 0) == 0 ||
      lower.rfind("webhook-", 0) == 0)
    return "this header is the platform's";
  if (!IsFieldValue(value)) return "the value must be printable ASCII characters";
  return "";
}

void CheckEvents(const std::vector<std::string>& events, const std::vector<std::string>& known,
                 Violations* violations) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::string& event = events[i];
    const bool pattern = event.ends_with("*");
    const bool covers =
        IsEventPattern(event) &&
        (event == "*" || std::any_of(known.begin(), known.end(),
                                     [&](const std::string& type) { return Matches(event, type); }));
    if (covers) continue;
    const std::string near = NearestName(event, known);
    const std::string what =
        pattern ? "\"" + event + "\" covers no event type" : "\"" + event + "\" is no event type";
    violations->push_back({"/events/" + std::to_string(i), "unknown_event_type",
                           near.empty() ? what + "; GET /v2/event-types lists them"
                                        : what + "; did you mean \"" + near + "\"?"});
  }
}

void CheckLimit(const char* pointer, const std::optional<int>& value, int most, bool zero_allowed,
                Violations* violations) {
  if (!value || (*value >= 1 && *value <= most) || (*value == 0 && zero_allowed)) return;
  violations->push_back(
      {pointer, "out_of_range",
       "must be 1 to " + std::to_string(most) + (zero_allowed ? ", or 0 for no limit" : "")});
}

void CheckHeaders(const std::map<std::string, std::string>& headers, Violations* violations) {
  std::set<std::string> seen;
  for (const auto& [name, value] : headers) {
    std::string problem = HeaderProblem(name, value);
    if (problem.empty() && !seen.insert(Lower(name)).second) problem = "the header is given twice";
    if (!problem.empty()) violations->push_back({"/headers/" + ToPointerPart(name), "bad_header", problem});
  }
}

// The member as a T; nullopt: it is absent.
template <typename T>
std::optional<T> Member(const nlohmann::json& body, const char* name) {
  const auto found = body.find(name);
  return found == body.end() ? std::nullopt : std::optional(found->get<T>());
}

std::optional<RetrySchedule> ReadSchedule(const nlohmann::json& body) {
  const auto member = body.find("retry_schedule");
  if (member == body.end()) return std::nullopt;
  if (member->is_string()) return SchedulePreset(member->get<std::string>());
  RetrySchedule schedule;
  for (const nlohmann::json& pause : *member) schedule.emplace_back(pause.get<int>());
  return schedule;
}

}  // namespace

WebhookInput ReadWebhookInput(const nlohmann::json& body) {
  WebhookInput input;
  input.url = Member<std::string>(body, "url");
  input.description = Member<std::string>(body, "description");
  input.events = Member<std::vector<std::string>>(body, "events");
  input.active = Member<bool>(body, "active");
  if (const auto limit = body.find("rate_limit"); limit != body.end()) {
    input.per_minute = Member<int>(*limit, "per_minute");
    input.burst = Member<int>(*limit, "burst");
    input.burst_seconds = Member<int>(*limit, "burst_seconds");
  }
  input.retry_schedule = ReadSchedule(body);
  input.permanent_statuses = Member<std::vector<int>>(body, "permanent_statuses");
  input.timeout_seconds = Member<int>(body, "timeout_seconds");
  input.headers = Member<std::map<std::string, std::string>>(body, "headers");
  if (auto secret = Member<std::string>(body, "secret")) input.secret = Secret(std::move(*secret));
  return input;
}

void CheckWebhookInput(const WebhookInput& input, const WebhookRules& rules,
                       const std::vector<std::string>& event_types, Violations* violations) {
  const auto add = [&](const Status& status) {
    if (status) return;
    violations->insert(violations->end(), status.error().violations.begin(), status.error().violations.end());
  };
  if (input.url) {
    const auto url = http::ParseEndpointUrl(*input.url, "/url");
    add(url ? http::CheckUrl(*url, rules.guard, "/url") : Status(url.error()));
  }
  if (input.events) CheckEvents(*input.events, event_types, violations);
  CheckLimit("/rate_limit/per_minute", input.per_minute, rules.most.per_minute, rules.allow_unlimited,
             violations);
  CheckLimit("/rate_limit/burst", input.burst, rules.most.burst, rules.allow_unlimited, violations);
  // A shorter window with the same burst would be a higher ceiling than the platform's.
  if (input.burst_seconds && *input.burst_seconds >= 1 && *input.burst_seconds < rules.most.burst_seconds &&
      !rules.allow_unlimited) {
    violations->push_back({"/rate_limit/burst_seconds", "out_of_range",
                           "must be at least " + std::to_string(rules.most.burst_seconds)});
  }
  if (input.headers) CheckHeaders(*input.headers, violations);
  if (input.secret) add(crypto::CheckSigningSecret(*input.secret, "/secret"));
}

void ApplyWebhookInput(const WebhookInput& input, store::WebhookRecord* record) {
  Webhook& webhook = record->webhook;
  if (input.url) webhook.url = http::ParseEndpointUrl(*input.url, "/url")->text;
  if (input.description) record->description = *input.description;
  if (input.events) webhook.events = *input.events;
  if (input.active) {
    webhook.active = *input.active;
    webhook.inactive_reason.clear();
  }
  if (input.per_minute) webhook.rate_limit.per_minute = *input.per_minute;
  if (input.burst) webhook.rate_limit.burst = *input.burst;
  if (input.burst_seconds) webhook.rate_limit.burst_seconds = *input.burst_seconds;
  if (input.retry_schedule) webhook.retry_schedule = *input.retry_schedule;
  if (input.permanent_statuses) webhook.permanent_statuses = *input.permanent_statuses;
  if (input.timeout_seconds) webhook.timeout = seconds(*input.timeout_seconds);
  if (input.headers) webhook.headers = *input.headers;
}

store::WebhookRecord DefaultWebhook(const WebhookRules& rules) {
  store::WebhookRecord record;
  record.webhook.rate_limit = rules.most;
  record.webhook.retry_schedule = *SchedulePreset("platform");
  record.webhook.permanent_statuses = {400, 410};
  return record;
}

}  // namespace webhook
