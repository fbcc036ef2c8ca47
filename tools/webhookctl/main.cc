#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

#include "tools/webhookctl/context.h"

namespace {

// A WEBHOOK_ variable, or the file that its _FILE twin names.
std::string FromEnvironment(const std::string& name) {
  const std::string variable = "WEBHOOK_" + name;
  if (const char* value = std::getenv(variable.c_str())) return value;
  const char* path = std::getenv((variable + "_FILE").c_str());
  if (path == nullptr) return "";
  auto text = webhook::ctl::ReadInput(path);
  if (!text) return "";
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  return *text;
}

// As the services' settings of these names.
webhook::kafka::Cluster ClusterFromEnvironment() {
  webhook::kafka::Cluster cluster;
  cluster.brokers = FromEnvironment("KAFKA");
  const auto set = [](std::string* field, const char* name) {
    if (std::string value = FromEnvironment(name); !value.empty()) *field = std::move(value);
  };
  set(&cluster.security_protocol, "KAFKA_SECURITY_PROTOCOL");
  set(&cluster.sasl_mechanism, "KAFKA_SASL_MECHANISM");
  set(&cluster.sasl_username, "KAFKA_SASL_USERNAME");
  set(&cluster.ca_file, "KAFKA_CA_FILE");
  set(&cluster.cert_file, "KAFKA_CERT_FILE");
  set(&cluster.key_file, "KAFKA_KEY_FILE");
  cluster.sasl_password = webhook::Secret(FromEnvironment("KAFKA_SASL_PASSWORD"));
  return cluster;
}

}  // namespace

int main(int argc, char** argv) {
  using webhook::ctl::Context;
  Context context;
  context.rest_url = FromEnvironment("REST_URL");
  context.registry_addr = FromEnvironment("REGISTRY_ADDR");
  context.ingest_addr = FromEnvironment("INGEST_ADDR");
  context.kafka = ClusterFromEnvironment();
  context.pg_dsn = FromEnvironment("PG_DSN");
  context.pg_password = FromEnvironment("PG_PASSWORD");
  context.tls = {FromEnvironment("TLS_CERT_FILE"), FromEnvironment("TLS_KEY_FILE"),
                 FromEnvironment("TLS_CA_FILE")};
  context.api_key = FromEnvironment("API_KEY");
  context.publish_key = FromEnvironment("PUBLISH_KEY");
  context.internal_token = FromEnvironment("INTERNAL_TOKEN");
  context.account = FromEnvironment("ACCOUNT");

  CLI::App app(
      "webhookctl: operate and use the webhook platform\n\n"
      "Where it is comes from WEBHOOK_* variables (source .dev/env) or flags. Exit codes: 0, 1 failure, 2 "
      "usage.",
      "webhookctl");
  app.fallthrough();
  app.require_subcommand(1);
  app.set_version_flag("--version", WEBHOOK_VERSION);
  app.add_option("-o,--output", context.output, "table or json")->check(CLI::IsMember({"table", "json"}));
  app.add_option("--rest-url", context.rest_url, "REST (WEBHOOK_REST_URL)");
  app.add_option("--registry-addr", context.registry_addr, "The registry's gRPC (WEBHOOK_REGISTRY_ADDR)");
  app.add_option("--ingest-addr", context.ingest_addr, "event-ingest's gRPC (WEBHOOK_INGEST_ADDR)");
  app.add_option("--kafka", context.kafka.brokers, "Brokers (WEBHOOK_KAFKA)");
  webhook::ctl::AddAccountCommands(app, context);
  webhook::ctl::AddWebhookCommands(app, context);
  webhook::ctl::AddEventCommands(app, context);
  webhook::ctl::AddDeliveryCommands(app, context);
  webhook::ctl::AddRedeliveryCommands(app, context);
  webhook::ctl::AddListenCommand(app, context);
  webhook::ctl::AddVerifyCommand(app, context);
  webhook::ctl::AddSmokeCommand(app, context);
  webhook::ctl::AddOperatorCommands(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? webhook::ctl::kOk : webhook::ctl::kUsage;
  }
  try {
    const int code = context.run();
    // A key that is shown once and did not arrive is lost: say so.
    if (std::cout.flush()) return code;
    return webhook::ctl::Fail(
        {webhook::ErrorCode::kInternal, "output_failed", "the output could not be written"});
  } catch (const std::exception& error) {
    return webhook::ctl::Fail({webhook::ErrorCode::kInternal, "unexpected", error.what()});
  }
}
