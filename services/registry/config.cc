#include "services/registry/config.h"

#include "http/address_guard.h"
#include "postgres/database.h"
#include "service/shared_settings.h"
#include "services/registry/api/rest/client_address.h"

namespace webhook {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

std::vector<FieldViolation> CheckRoles(const Config& config) {
  std::vector<FieldViolation> violations;
  for (const std::string& role : config.roles) {
    if (role == "api" || role == "log") continue;
    violations.push_back({"roles", "unknown_role", "\"" + role + "\" is none of api, log"});
  }
  if (config.roles.empty()) violations.push_back({"roles", "required", "name at least one of api, log"});
  return violations;
}

std::vector<FieldViolation> CheckDsn(const Config& config) {
  const Status readable = postgres::CheckDsn(config.pg_dsn);
  return config.pg_dsn.empty() || readable ? std::vector<FieldViolation>{} : readable.error().violations;
}

std::vector<FieldViolation> CheckEgress(const Config& config) {
  const auto policy = http::MakeGuardPolicy(config.allow_http, config.egress_allow_cidrs);
  return policy ? std::vector<FieldViolation>{} : policy.error().violations;
}

}  // namespace

config::Table DeclareSettings(Config* config) {
  config::Table table("registry", "Keeps accounts, webhooks and the delivery log; serves REST and gRPC.");
  table.Choice("log-level", &config->log_level, "info", {"debug", "info", "warn", "error"},
               "Lowest level that is logged");
  table.Address("admin-addr", &config->admin_addr, "0.0.0.0:9100", "Metrics and health");
  table.Address("rest-addr", &config->rest_addr, "0.0.0.0:8080", "REST /v2");
  table.Address("grpc-addr", &config->grpc_addr, "0.0.0.0:9090", "gRPC: management, administration, watch");
  table.Flag("grpc-reflection", &config->grpc_reflection, false,
             "Tell everybody who reaches the gRPC port what it serves (for grpcurl)");
  table.Duration(
      "grpc-max-connection-age", &config->grpc_max_connection_age, seconds{0}, seconds{0}, hours{24},
      "End gRPC connections after so long, calls on them 5 minutes later, so that callers find new "
      "replicas; 0: never");
  table.Duration("drain-timeout", &config->drain_timeout, seconds{30}, seconds{1}, seconds{600},
                 "Longest wait for requests under way at shutdown");
  service::DeclareKafka(table, &config->kafka);
  service::DeclareServerTls(table, &config->tls);
  table.SecretText("pg-dsn", &config->pg_dsn, 1, "Postgres, postgresql://… or key=value words");
  table.OptionalSecretText("pg-password", &config->pg_password, "Where pg-dsn names none");
  table.Integer("pg-pool", &config->pg_pool, 8, 1, 200, "Connections to Postgres");
  table.SecretBytes("kek", &config->kek, 32, "Key-encryption key of webhook secrets");
  table.SecretBytes("kek-old", &config->kek_old, 32,
                    "The key-encryption key before: it still opens, until all is sealed anew", false);
  table.SecretBytes("api-key-pepper", &config->api_key_pepper, 32, "Key of the stored API-key HMACs");
  table.SecretText("internal-token", &config->internal_token, 32, "Shared token of the platform's services");
  table.List("roles", &config->roles, "api,log", "What this process does");
  table.Flag("allow-http", &config->allow_http, false, "Accept http endpoints too");
  table.List("egress-allow-cidrs", &config->egress_allow_cidrs, "",
             "Non-public address ranges that endpoints may have");
  table.Flag("allow-unlimited", &config->allow_unlimited, false, "Accept rate limits of 0: none");
  table.List("trusted-proxies", &config->trusted_proxies, "",
             "Address ranges of our own proxies, whose X-Forwarded-For is believed");
  table.Text("ingest-addr", &config->ingest_addr, "",
             "event-ingest's gRPC, host:port; empty: nothing can be published by REST");
  table.Integer("calls-per-minute", &config->calls_per_minute, 6'000, 0, 1'000'000,
                "REST and gRPC calls of one account that a replica takes in a minute; 0: any");
  table.Integer("max-webhooks", &config->max_webhooks, 10'000, 0, 10'000'000,
                "Webhooks of one account; 0: any");
  table.Duration("session-lifetime", &config->session_lifetime, hours{12}, seconds{60}, hours{24 * 30},
                 "How long a browser's session lives, from its sign-in on");
  table.Duration("session-idle-timeout", &config->session_idle_timeout, hours{2}, seconds{60}, hours{24 * 30},
                 "How long a browser's session lives without a call");
  table.Duration("log-retention", &config->log_retention, hours{24 * 30}, hours{24 * 5}, hours{24 * 90},
                 "How long the delivery log is kept, whole days; older days are dropped");
  table.Duration("deactivate-after", &config->deactivate_after, hours{120}, seconds{0}, hours{24 * 365},
                 "Deactivate a webhook whose every attempt has failed for so long; 0: never");
  table.Rule([config] { return CheckDsn(*config); });
  table.Rule([config] { return CheckRoles(*config); });
  table.Rule([config] { return CheckEgress(*config); });
  table.Rule([config] {
    const auto proxies = rest::ReadTrustedProxies(config->trusted_proxies);
    return proxies ? std::vector<FieldViolation>{} : proxies.error().violations;
  });
  return table;
}

}  // namespace webhook
