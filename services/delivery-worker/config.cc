#include "services/delivery-worker/config.h"

#include <algorithm>

#include "http/address_guard.h"
#include "http/endpoint_url.h"
#include "service/shared_settings.h"

namespace webhook {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<FieldViolation> CheckRoles(const Config& config) {
  std::vector<FieldViolation> violations;
  for (const std::string& role : config.roles) {
    if (role == "fanout" || role == "deliver" || role == "pump") continue;
    violations.push_back({"roles", "unknown_role", "\"" + role + "\" is none of fanout, deliver, pump"});
  }
  if (config.roles.empty())
    violations.push_back({"roles", "required", "name at least one of fanout, deliver, pump"});
  return violations;
}

std::vector<FieldViolation> CheckProfile(const Config& config) {
  if (config.profile != "production" || config.retry_time_scale == 1) return {};
  return {{"retry-time-scale", "not_in_production",
           "must be 1 in the production profile: another value breaks the retry schedule that customers rely "
           "on"}};
}

std::vector<FieldViolation> CheckEgress(const Config& config) {
  const auto policy = http::MakeGuardPolicy(config.allow_http, config.egress_allow_cidrs);
  return policy ? std::vector<FieldViolation>{} : policy.error().violations;
}

std::vector<FieldViolation> CheckCanary(const Config& config) {
  if (config.egress_canary_url.empty()) return {};
  const auto url = http::ParseEndpointUrl(config.egress_canary_url, "egress-canary-url");
  if (!url) return url.error().violations;
  // One that the guard forbids would never answer.
  const auto policy = http::MakeGuardPolicy(config.allow_http, config.egress_allow_cidrs);
  if (!policy) return {};
  const Status allowed = http::CheckUrl(*url, *policy, "egress-canary-url");
  return allowed ? std::vector<FieldViolation>{} : allowed.error().violations;
}

}  // namespace

config::Table DeclareSettings(Config* config) {
  config::Table table("delivery-worker", "Sends events to webhooks: fans out, signs, delivers, retries.");
  table.Choice("log-level", &config->log_level, "info", {"debug", "info", "warn", "error"},
               "Lowest level that is logged");
  table.Choice("profile", &config->profile, "production", {"production", "development"},
               "production refuses settings that break promises to customers");
  table.Address("admin-addr", &config->admin_addr, "0.0.0.0:9102", "Metrics and health");
  table.Duration("drain-timeout", &config->drain_timeout, seconds{30}, seconds{1}, seconds{600},
                 "Longest wait for requests in flight at shutdown");
  service::DeclareKafka(table, &config->kafka);
  service::DeclareTls(table, &config->tls);
  table.RequiredText("registry-addr", &config->registry_addr, "The registry's gRPC, host:port");
  table.SecretText("internal-token", &config->internal_token, 32, "Shared token of the platform's services");
  table.List("roles", &config->roles, "fanout,deliver,pump", "What this process does");
  table.Flag("allow-http", &config->allow_http, false, "Deliver to http endpoints too");
  table.List("egress-allow-cidrs", &config->egress_allow_cidrs, "",
             "Non-public address ranges that endpoints may have");
  table.Text("egress-ca-file", &config->egress_ca_file, "",
             "PEM of accepted authorities; empty: the system's");
  table.Text("egress-canary-url", &config->egress_canary_url, "",
             "Address outside that always answers: where it and many endpoints cannot be reached, nothing is "
             "sent and "
             "no attempt is used up; empty: endpoints are always at fault themselves");
  table.Number("retry-time-scale", &config->retry_time_scale, 1, 0.001, 1,
               "Shortens all retry pauses, for development");
  table.Integer("deliver-threads", &config->deliver_threads, 2, 1, 64, "Threads that deliver");
  table.Duration("http-timeout", &config->http_timeout, seconds{30}, seconds{1}, seconds{60},
                 "Longest time of one attempt; a webhook's own time-out may be shorter");
  table.Duration("http-connect-timeout", &config->http_connect_timeout, seconds{5}, milliseconds{100},
                 seconds{30}, "Longest time of name resolution, connect and TLS handshake each");
  table.Integer("http-max-connections", &config->http_max_connections, 4'000, 1, 100'000,
                "Connections to endpoints, each thread that delivers; an account gets a quarter of them");
  table.Integer(
      "http-max-per-address", &config->http_max_per_address, 64, 1, 100'000,
      "Requests in flight to one host or address, whoever registered it, each thread that delivers");
  table.Duration("delivery-max-age", &config->delivery_max_age, hours{72}, hours{2}, hours{144},
                 "Older deliveries end as failed, reason expired");
  service::DeclareTracing(table, &config->traces);
  table.Rule([config] { return CheckRoles(*config); });
  table.Rule([config] { return CheckProfile(*config); });
  table.Rule([config] { return CheckEgress(*config); });
  table.Rule([config] { return CheckCanary(*config); });
  return table;
}

}  // namespace webhook
