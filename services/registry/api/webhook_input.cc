#include "services/registry/api/webhook_input.h"

#include <algorithm>
#include <set>

#include "core/encoding.h"
#include "core/nearest_name.h"
#include "crypto/webhook_signature.h"
#include "domain/event_pattern.h"
#include "http/endpoint_url.h"
#include "services/registry/api/json_body.h"

namespace webhook {
namespace {

using std::chrono::seconds;
using Violations = std::vector<FieldViolation>;

constexpr std::size_t kMaxDescription = 256;
constexpr std::size_t kMaxEvents = 100;
constexpr std::size_t kMaxStatuses = 50;
constexpr int kMaxBurstSeconds = 60;
constexpr int kMaxTimeoutSeconds = 30;
constexpr std::size_t kMaxHeaders = 20;
constexpr std::size_t kMaxHeaderName = 100;
constexpr std::size_t kMaxHeaderValue = 1'024;

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
  if (!IsToken(name) || name.size() > kMaxHeaderName)
    return "the name is no header name of 1 to 100 characters";
  if (ReservedHeaders().contains(lower) || lower.rfind("x-platform-", 0) == 0 ||
      lower.rfind("webhook-", 0) == 0)
    return "this header is the platform's";
  if (!IsFieldValue(value) || value.size() > kMaxHeaderValue)
    return "the value must be at most 1024 printable ASCII characters";
  return "";
}

void CheckEvents(const std::vector<std::string>& events, const std::vector<std::string>& known,
                 Violations* violations) {
  // Of more than that none is looked at: an answer must not be larger than its request.
  if (events.empty() || events.size() > kMaxEvents)
    return violations->push_back({"/events", "out_of_range", "name 1 to 100 event types or patterns"});
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

void CheckSchedule(const RetrySchedule& schedule, Violations* violations) {
  if (schedule.size() > kMaxRetries)
    return violations->push_back({"/retry_schedule", "out_of_range", "may have 20 retries"});
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    if (schedule[i] >= kMinRetryPause && schedule[i] <= kMaxRetryPause) continue;
    violations->push_back(
        {"/retry_schedule/" + std::to_string(i), "out_of_range", "must be 1 to 86400 seconds"});
  }
}

void CheckStatuses(const std::vector<int>& statuses, Violations* violations) {
  if (statuses.size() > kMaxStatuses)
    return violations->push_back({"/permanent_statuses", "out_of_range", "may have 50 statuses"});
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    if (statuses[i] >= 300 && statuses[i] <= 599) continue;
    violations->push_back({"/permanent_statuses/" + std::to_string(i), "out_of_range", "must be 300 to 599"});
  }
}

void CheckHeaders(const std::map<std::string, std::string>& headers, Violations* violations) {
  if (headers.size() > kMaxHeaders)
    return violations->push_back({"/headers", "out_of_range", "may have 20 headers"});
  std::set<std::string> seen;
  for (const auto& [name, value] : headers) {
    std::string problem = HeaderProblem(name, value);
    if (problem.empty() && !seen.insert(Lower(name)).second) problem = "the header is given twice";
    if (!problem.empty()) violations->push_back({"/headers/" + ToPointerPart(name), "bad_header", problem});
  }
}

std::optional<RetrySchedule> ReadSchedule(ObjectReader& reader) {
  constexpr char kName[] = "retry_schedule";
  const nlohmann::json* member = reader.Member(kName);
  if (!member) return std::nullopt;
  if (member->is_string()) {
    auto preset = SchedulePreset(member->get<std::string>());
    if (!preset) reader.Note(kName, "unknown_preset", "is \"platform\", \"long\" or a list of seconds");
    return preset;
  }
  const auto pauses = reader.Integers(kName);
  if (!pauses) return std::nullopt;
  RetrySchedule schedule;
  for (const int pause : *pauses) schedule.emplace_back(pause);
  return schedule;
}

std::optional<std::map<std::string, std::string>> ReadHeaders(ObjectReader& reader) {
  const nlohmann::json* member = reader.Member("headers");
  if (!member) return std::nullopt;
  const bool texts =
      member->is_object() && std::all_of(member->begin(), member->end(),
                                         [](const nlohmann::json& value) { return value.is_string(); });
  if (texts) return member->get<std::map<std::string, std::string>>();
  reader.Note("headers", "wrong_type", "must be an object of strings");
  return std::nullopt;
}

void ReadRateLimit(ObjectReader& reader, WebhookInput* input, Violations* violations) {
  const nlohmann::json* member = reader.Member("rate_limit");
  if (!member) return;
  if (!member->is_object()) return reader.Note("rate_limit", "wrong_type", "must be an object");
  ObjectReader limits(*member, "/rate_limit", violations);
  input->per_minute = limits.Integer("per_minute");
  input->burst = limits.Integer("burst");
  input->burst_seconds = limits.Integer("burst_seconds");
  limits.RefuseUnknown();
}

}  // namespace

WebhookInput ReadWebhookInput(const nlohmann::json& body, bool create, Violations* violations) {
  WebhookInput input;
  ObjectReader reader(body, "", violations);
  input.url = reader.Text("url");
  input.description = reader.Text("description");
  input.events = reader.Texts("events");
  input.active = reader.Flag("active");
  ReadRateLimit(reader, &input, violations);
  input.retry_schedule = ReadSchedule(reader);
  input.permanent_statuses = reader.Integers("permanent_statuses");
  input.timeout_seconds = reader.Integer("timeout_seconds");
  input.headers = ReadHeaders(reader);
  if (create) {
    if (auto secret = reader.Text("secret")) input.secret = Secret(std::move(*secret));
    reader.Require("url");
    reader.Require("events");
  }
  reader.RefuseUnknown();
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
  if (input.description && input.description->size() > kMaxDescription)
    violations->push_back({"/description", "too_long", "may have 256 bytes"});
  if (input.events) CheckEvents(*input.events, event_types, violations);
  CheckLimit("/rate_limit/per_minute", input.per_minute, rules.most.per_minute, rules.allow_unlimited,
             violations);
  CheckLimit("/rate_limit/burst", input.burst, rules.most.burst, rules.allow_unlimited, violations);
  CheckLimit("/rate_limit/burst_seconds", input.burst_seconds, kMaxBurstSeconds, false, violations);
  // A shorter window with the same burst would be a higher ceiling than the platform's.
  if (input.burst_seconds && *input.burst_seconds >= 1 && *input.burst_seconds < rules.most.burst_seconds &&
      !rules.allow_unlimited) {
    violations->push_back({"/rate_limit/burst_seconds", "out_of_range",
                           "must be at least " + std::to_string(rules.most.burst_seconds)});
  }
  if (input.retry_schedule) CheckSchedule(*input.retry_schedule, violations);
  if (input.permanent_statuses) CheckStatuses(*input.permanent_statuses, violations);
  CheckLimit("/timeout_seconds", input.timeout_seconds, kMaxTimeoutSeconds, false, violations);
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
