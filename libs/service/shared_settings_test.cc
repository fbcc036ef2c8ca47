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
};

// The settings that are complained of.
std::vector<std::string> Wrong(const Variables& environment, Settings* settings) {
  config::Table table("sample", "For tests.");
  DeclareKafka(table, &settings->cluster);
  DeclareServerTls(table, &settings->files);
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

}  // namespace
}  // namespace webhook::service
