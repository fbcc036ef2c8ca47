#include "service/shared_settings.h"

#include <string>
#include <utility>
#include <vector>

#include "trace/otlp_exporter.h"

namespace webhook::service {
namespace {

std::vector<FieldViolation> CheckKafka(const kafka::Cluster& cluster) {
  std::vector<FieldViolation> violations;
  const auto need = [&](bool there, const char* setting, const char* when) {
    if (!there) violations.push_back({setting, "required", when});
  };
  if (cluster.security_protocol.starts_with("sasl")) {
    constexpr char kSasl[] = "is needed with kafka-security-protocol sasl_plaintext and sasl_ssl";
    need(!cluster.sasl_username.empty(), "kafka-sasl-username", kSasl);
    need(!cluster.sasl_password.empty(), "kafka-sasl-password", kSasl);
  }
  constexpr char kBoth[] = "kafka-cert-file and kafka-key-file go together";
  if (cluster.cert_file.empty() != cluster.key_file.empty())
    need(false, cluster.cert_file.empty() ? "kafka-cert-file" : "kafka-key-file", kBoth);
  return violations;
}

std::vector<FieldViolation> CheckTls(const rpc::TlsFiles& files) {
  std::vector<FieldViolation> violations;
  const bool any = !files.cert.empty() || !files.key.empty() || !files.ca.empty();
  for (const auto& [setting, value] :
       {std::pair{"tls-cert-file", &files.cert}, std::pair{"tls-key-file", &files.key},
        std::pair{"tls-ca-file", &files.ca}}) {
    if (any && value->empty())
      violations.push_back(
          {setting, "required", "tls-cert-file, tls-key-file and tls-ca-file are set together, or none is"});
  }
  if (!any && !files.client_sans.empty())
    violations.push_back(
        {"tls-client-sans", "needs_tls", "names callers, who show none without tls-cert-file"});
  return violations;
}

std::vector<FieldViolation> CheckTracing(const trace::ExportSettings& settings) {
  if (settings.endpoint.empty()) return {};
  const Status checked = trace::CheckEndpoint(settings.endpoint, "otlp-endpoint");
  return checked ? std::vector<FieldViolation>{} : checked.error().violations;
}

}  // namespace

void DeclareKafka(config::Table& table, kafka::Cluster* cluster) {
  table.RequiredText("kafka", &cluster->brokers, "Brokers, host:port, comma-separated");
  table.Choice("kafka-security-protocol", &cluster->security_protocol, "plaintext",
               {"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"}, "How the brokers are reached");
  table.Choice("kafka-sasl-mechanism", &cluster->sasl_mechanism, "SCRAM-SHA-512",
               {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}, "With sasl_plaintext and sasl_ssl");
  table.Text("kafka-sasl-username", &cluster->sasl_username, "", "With sasl_plaintext and sasl_ssl");
  table.OptionalSecretText("kafka-sasl-password", &cluster->sasl_password,
                           "With sasl_plaintext and sasl_ssl");
  table.Text("kafka-ca-file", &cluster->ca_file, "", "PEM of the brokers' authorities; empty: the system's");
  table.Text("kafka-cert-file", &cluster->cert_file, "", "PEM certificate for the brokers; empty: none");
  table.Text("kafka-key-file", &cluster->key_file, "", "Its PEM key");
  table.Rule([cluster] { return CheckKafka(*cluster); });
}

void DeclareTls(config::Table& table, rpc::TlsFiles* files) {
  table.Text("tls-cert-file", &files->cert, "",
             "PEM certificate of this service on gRPC, with what leads to the authority; empty: plaintext");
  table.Text("tls-key-file", &files->key, "", "Its PEM key");
  table.Text("tls-ca-file", &files->ca, "", "PEM of the authorities of the other side's certificates");
  table.Rule([files] { return CheckTls(*files); });
}

void DeclareServerTls(config::Table& table, rpc::TlsFiles* files) {
  DeclareTls(table, files);
  table.List("tls-client-sans", &files->client_sans, "",
             "DNS names of which a caller's certificate must have one; empty: any of the authorities");
}

void DeclareTracing(config::Table& table, trace::ExportSettings* settings) {
  table.Text("otlp-endpoint", &settings->endpoint, "",
             "Collector that gets traces by OTLP over HTTP, like http://127.0.0.1:4318; empty: no traces");
  table.Number("trace-sample-ratio", &settings->sample_ratio, 0.01, 0, 1,
               "Share of the events that come without a trace context that are traced; of the others their "
               "publisher decides");
  table.Rule([settings] { return CheckTracing(*settings); });
}

}  // namespace webhook::service
