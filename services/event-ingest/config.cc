#include "services/event-ingest/config.h"

#include "service/shared_settings.h"

namespace webhook {

using std::chrono::hours;
using std::chrono::seconds;

config::Table DeclareSettings(Config* config) {
  config::Table table("event-ingest", "Takes events over gRPC and puts them on the acknowledged log.");
  table.Choice("log-level", &config->log_level, "info", {"debug", "info", "warn", "error"},
               "Lowest level that is logged");
  table.Address("admin-addr", &config->admin_addr, "0.0.0.0:9101", "Metrics and health");
  table.Address("grpc-addr", &config->grpc_addr, "0.0.0.0:9091", "gRPC: EventIngestService");
  table.Flag("grpc-reflection", &config->grpc_reflection, false,
             "Tell everybody who reaches the gRPC port what it serves (for grpcurl)");
  table.Duration(
      "grpc-max-connection-age", &config->grpc_max_connection_age, seconds{600}, seconds{0}, hours{24},
      "End gRPC connections after so long, calls on them 5 minutes later, so that callers find new "
      "replicas; 0: never");
  table.Duration("drain-timeout", &config->drain_timeout, seconds{30}, seconds{1}, seconds{600},
                 "Longest wait for calls under way at shutdown");
  service::DeclareKafka(table, &config->kafka);
  service::DeclareServerTls(table, &config->tls);
  table.RequiredText("registry-addr", &config->registry_addr, "The registry's gRPC, host:port");
  table.SecretText("internal-token", &config->internal_token, 32, "Shared token of the platform's services");
  table.SecretBytes("api-key-pepper", &config->api_key_pepper, 32, "Key of the stored API-key HMACs");
  table.Integer("max-in-flight", &config->max_in_flight, 10'000, 1, 1'000'000,
                "Events that may wait for the broker's acknowledgement; more are refused");
  table.Integer(
      "max-events-per-second", &config->max_events_per_second, 0, 0, 1'000'000,
      "Events that one account may publish a second by this process, on average over 10 s; 0: no limit");
  table.Choice(
      "schema-check", &config->schema_check, "reject", {"reject", "count"},
      "What becomes of events whose data breaks the JSON Schema of their type: refused, or only counted");
  service::DeclareTracing(table, &config->traces);
  return table;
}

}  // namespace webhook
