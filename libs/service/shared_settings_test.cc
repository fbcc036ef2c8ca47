#include "service/shared_settings.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace webhook::service {
namespace {

using Variables = std::map<std::string, std::string>;

struct Settings {
  kafka::Cluster cluster;
  rpc::TlsFiles files;
  trace::ExportSettings traces;
};

// The settings that are complained of.
std::vector<std::string> Wrong(const Variables& environment, Settings* settings) {
  config::Table table("sample", "For tests.");
  DeclareKafka(table, &settings->cluster);
  DeclareServerTls(table, &settings->files);
  DeclareTracing(table, &settings->traces);
  std::vector<std::string> wrong;
  for (const FieldViolation& violation : table.Load({}, environment).violations)
    wrong.push_back(violation.pointer);
  return wrong;
}

TEST(KafkaSettings, ArePlaintextWithBrokersAlone) {
  Settings settings;
  EXPECT_EQ(Wrong({{"WEBHOOK_KAFKA", "a:9092"}}, &settings), std::vector<std::string>{});
  EXPECT_EQ(settings.cluster.security_protocol, "plaintext");
  EXPECT_FALSE(settings.files.enabled());
}

TEST(KafkaSettings, SaslNeedsNameAndPassword) {
  Settings settings;
  Variables environment = {{"WEBHOOK_KAFKA", "a:9092"}, {"WEBHOOK_KAFKA_SECURITY_PROTOCOL", "sasl_ssl"}};
  EXPECT_EQ(Wrong(environment, &settings),
            (std::vector<std::string>{"kafka-sasl-username", "kafka-sasl-password"}));
  environment["WEBHOOK_KAFKA_SASL_USERNAME"] = "webhook";
  environment["WEBHOOK_KAFKA_SASL_PASSWORD"] = "secret";
  EXPECT_EQ(Wrong(environment, &settings), std::vector<std::string>{});
  EXPECT_EQ(settings.cluster.sasl_password.Reveal(), "secret");
}

TEST(KafkaSettings, ACertificateNeedsItsKey) {
  Settings settings;
  EXPECT_EQ(Wrong({{"WEBHOOK_KAFKA", "a:9092"}, {"WEBHOOK_KAFKA_CERT_FILE", "/tls.crt"}}, &settings),
            std::vector<std::string>{"kafka-key-file"});
}

TEST(TlsSettings, AreAllThereOrNone) {
  Settings settings;
  Variables environment = {{"WEBHOOK_KAFKA", "a:9092"}, {"WEBHOOK_TLS_CERT_FILE", "/tls.crt"}};
  EXPECT_EQ(Wrong(environment, &settings), (std::vector<std::string>{"tls-key-file", "tls-ca-file"}));
  environment["WEBHOOK_TLS_KEY_FILE"] = "/tls.key";
  environment["WEBHOOK_TLS_CA_FILE"] = "/ca.crt";
  environment["WEBHOOK_TLS_CLIENT_SANS"] = "worker,ingest";
  EXPECT_EQ(Wrong(environment, &settings), std::vector<std::string>{});
  EXPECT_TRUE(settings.files.enabled());
  EXPECT_EQ(settings.files.client_sans, (std::vector<std::string>{"worker", "ingest"}));
}

TEST(TlsSettings, NamesWithoutTlsAreAMistake) {
  Settings settings;
  EXPECT_EQ(Wrong({{"WEBHOOK_KAFKA", "a:9092"}, {"WEBHOOK_TLS_CLIENT_SANS", "worker"}}, &settings),
            std::vector<std::string>{"tls-client-sans"});
}

TEST(TracingSettings, AreOffWithoutAnEndpoint) {
  Settings settings;
  EXPECT_EQ(Wrong({{"WEBHOOK_KAFKA", "a:9092"}}, &settings), std::vector<std::string>{});
  EXPECT_EQ(settings.traces.endpoint, "");
  EXPECT_EQ(settings.traces.sample_ratio, 0.01);
}

TEST(TracingSettings, NameAnHttpUrlAndAShare) {
  Settings settings;
  for (const char* good :
       {"http://localhost:4318", "https://otlp.example.com/", "http://[::1]:4318/a", "http://collector:4318"})
    EXPECT_EQ(Wrong({{"WEBHOOK_KAFKA", "a:9092"}, {"WEBHOOK_OTLP_ENDPOINT", good}}, &settings),
              std::vector<std::string>{})
        << good;
  for (const char* bad : {"localhost:4318", "grpc://a:4317", "http://", "http://u:p@a", "http://a/?k=1"})
    EXPECT_EQ(Wrong({{"WEBHOOK_KAFKA", "a:9092"}, {"WEBHOOK_OTLP_ENDPOINT", bad}}, &settings),
              std::vector<std::string>{"otlp-endpoint"})
        << bad;
  EXPECT_EQ(Wrong({{"WEBHOOK_OTLP_ENDPOINT", "a"}, {"WEBHOOK_TRACE_SAMPLE_RATIO", "1.5"}}, &settings).size(),
            3u)
      << "all mistakes at once";
}

}  // namespace
}  // namespace webhook::service
