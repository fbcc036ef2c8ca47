#include <iostream>
#include <memory>
#include <string>

#include "core/encoding.h"
#include "crypto/crypto.h"
#include "domain/topics.h"
#include "kafka/topics.h"
#include "metrics/families.h"
#include "metrics/reference.h"
#include "postgres/database.h"
#include "services/registry/migrations/migrations.h"
#include "tools/webhookctl/context.h"

namespace webhook::ctl {
namespace {

using nlohmann::ordered_json;

constexpr std::chrono::milliseconds kTopicTimeout{30'000};
constexpr std::size_t kKeyBytes = 32;

struct Options {
  int replication_factor = 3;
  int min_insync_replicas = 2;
  int delivery_partitions = kDeliveryPartitions;
  std::string kubernetes_name;  // empty: no Secret is wanted
};

int CreateTopics(const Context& context, const Options& options) {
  const auto brokers = context.Need(context.kafka.brokers, "WEBHOOK_KAFKA");
  if (!brokers) return Fail(brokers.error());
  const Status created =
      kafka::CreateTopics(context.kafka, AllTopics(options.delivery_partitions), options.replication_factor,
                          options.min_insync_replicas, kTopicTimeout);
  if (!created) return Fail(created.error());
  Print(context, {{"topics", AllTopics().size()}, {"created", true}}, {});
  return kOk;
}

int CheckTopics(const Context& context, const Options& options) {
  const auto brokers = context.Need(context.kafka.brokers, "WEBHOOK_KAFKA");
  if (!brokers) return Fail(brokers.error());
  const auto problems = kafka::CheckTopics(context.kafka, AllTopics(options.delivery_partitions));
  if (!problems) return Fail(problems.error());
  ordered_json list = ordered_json::array();
  for (const kafka::TopicProblem& problem : *problems)
    list.push_back({{"topic", problem.topic}, {"problem", problem.detail}});
  Print(context, list, {"topic", "problem"});
  if (problems->empty() && context.output != "json") std::cout << "all topics are as they must be\n";
  return problems->empty() ? kOk : kFailed;
}

int Migrate(const Context& context, const Options&) {
  const auto dsn = context.Need(context.pg_dsn, "WEBHOOK_PG_DSN or WEBHOOK_PG_DSN_FILE");
  if (!dsn) return Fail(dsn.error());
  postgres::DatabaseOptions database;
  database.dsn = Secret(*dsn);
  database.password = Secret(context.pg_password);
  database.application_name = "webhookctl";
  database.settings = {{"webhook.account", "*"}};  // row security: migrations see all accounts
  const auto applied = postgres::Migrate(database, AllMigrations());
  if (!applied) return Fail(applied.error());
  Print(context, {{"applied", *applied}}, {});
  return kOk;
}

// A Kubernetes Secret of these, under the names that the chart looks for.
void PrintSecret(const std::string& name, const ordered_json& secrets) {
  ordered_json values;
  for (const auto& [variable, value] : secrets.items()) {
    std::string key = variable.substr(std::string("WEBHOOK_").size());
    for (char& c : key) c = c == '_' ? '-' : static_cast<char>(c - 'A' + 'a');
    values[key] = value;
  }
  const ordered_json secret = {
      {"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", name}}}, {"stringData", values}};
  std::cout << secret.dump(2) << "\n";
}

int GenerateSecrets(const Context& context, const Options& options) {
  const ordered_json secrets = {{"WEBHOOK_KEK", ToBase64(crypto::RandomBytes(kKeyBytes))},
                                {"WEBHOOK_API_KEY_PEPPER", ToBase64(crypto::RandomBytes(kKeyBytes))},
                                {"WEBHOOK_INTERNAL_TOKEN", ToBase64Url(crypto::RandomBytes(kKeyBytes))}};
  if (!options.kubernetes_name.empty()) {
    PrintSecret(options.kubernetes_name, secrets);
  } else if (context.output == "json") {
    Print(context, secrets, {});
  } else {
    for (const auto& [name, value] : secrets.items())
      std::cout << name << "=" << value.get<std::string>() << "\n";
  }
  return kOk;
}

int PrintMetrics(const Context& context, const Options&) {
  if (context.output == "json") {
    ordered_json list = ordered_json::array();
    for (const metrics::Family* family : metrics::kFamilies)
      list.push_back({{"name", family->name}, {"services", family->services}, {"help", family->help}});
    Print(context, list, {});
  } else {
    std::cout << metrics::Reference();
  }
  return kOk;
}

// Words for bash to complete: the names of all commands, one level after the other.
void PrintCompletion(const CLI::App& app) {
  std::cout << "_webhookctl() {\n  local words=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\"\n  case \"$words\" in\n";
  std::string top;
  for (const CLI::App* group : app.get_subcommands([](const CLI::App*) { return true; })) {
    top += group->get_name() + " ";
    std::string names;
    for (const CLI::App* command : group->get_subcommands([](const CLI::App*) { return true; }))
      names += command->get_name() + " ";
    if (!names.empty())
      std::cout << "    " << group->get_name() << ") COMPREPLY=($(compgen -W \"" << names
                << "\" -- \"${COMP_WORDS[COMP_CWORD]}\")) ;;\n";
  }
  std::cout << "    \"\") COMPREPLY=($(compgen -W \"" << top
            << "\" -- \"${COMP_WORDS[COMP_CWORD]}\")) ;;\n  esac\n}\ncomplete -F _webhookctl webhookctl\n";
}

}  // namespace

void AddOperatorCommands(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  const auto add = [&](CLI::App* parent, const char* name, const char* help,
                       int (*run)(const Context&, const Options&)) {
    CLI::App* command = parent->add_subcommand(name, help);
    command->callback([&context, options, run] {
      context.run = [&context, options, run] { return run(context, *options); };
    });
    return command;
  };
  CLI::App* topics = app.add_subcommand("topics", "The platform's Kafka topics")->require_subcommand(1);
  CLI::App* create =
      add(topics, "create", "Create what is missing\n  webhookctl topics create --replication-factor 3",
          &CreateTopics);
  create->add_option("--replication-factor", options->replication_factor, "Copies of each partition");
  create->add_option("--min-insync-replicas", options->min_insync_replicas, "Copies that must acknowledge");
  CLI::App* check =
      add(topics, "check", "Compare the brokers' topics with what is needed\n  webhookctl topics check",
          &CheckTopics);
  for (CLI::App* command : {create, check}) {
    command
        ->add_option("--delivery-partitions", options->delivery_partitions,
                     "Partitions of webhook.deliveries, so the most threads that deliver; for the life of a "
                     "cluster (WEBHOOK_DELIVERY_PARTITIONS)")
        ->envname("WEBHOOK_DELIVERY_PARTITIONS")
        ->check(CLI::Range(1, kMostDeliveryPartitions))
        ->capture_default_str();
  }
  add(&app, "migrate", "Bring the database to this version\n  webhookctl migrate", &Migrate);
  CLI::App* secrets = app.add_subcommand("secrets", "Keys of the platform")->require_subcommand(1);
  add(secrets, "generate",
      "Make new keys, as environment lines\n  webhookctl secrets generate > secrets.env\n"
      "  webhookctl secrets generate --kubernetes webhook-keys | kubectl apply -f -",
      &GenerateSecrets)
      ->add_option("--kubernetes", options->kubernetes_name, "As a Kubernetes Secret of this name");
  CLI::App* reference =
      app.add_subcommand("reference", "What the platform tells of itself")->require_subcommand(1);
  add(reference, "metrics", "Every metric, as Markdown\n  webhookctl reference metrics", &PrintMetrics);
  app.add_subcommand("completion", "Print a completion script for bash\n  source <(webhookctl completion)")
      ->callback([&app, &context] {
        context.run = [&app] {
          PrintCompletion(app);
          return kOk;
        };
      });
}

}  // namespace webhook::ctl
