#include "services/registry/wiring.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "crypto/crypto.h"
#include "http/admin_server.h"
#include "kafka/producer.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "postgres/database.h"
#include "rpc/server.h"
#include "runtime/health.h"
#include "services/registry/api/admin_service.h"
#include "services/registry/api/config_feed.h"
#include "services/registry/api/kafka_deliveries.h"
#include "services/registry/api/rest_api.h"
#include "services/registry/api/watch_service.h"
#include "services/registry/api/webhook_service.h"
#include "services/registry/jobs/failing_webhooks.h"
#include "services/registry/log_writer/log_writer.h"
#include "services/registry/migrations/migrations.h"

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kLook{1'000};
// Customers wait for a test's or redelivery's acknowledgement.
constexpr std::chrono::milliseconds kMessageTimeout{5'000};
constexpr std::size_t kHandlerThreads = 16;

bool HasRole(const Config& config, const std::string& role) {
  return std::find(config.roles.begin(), config.roles.end(), role) != config.roles.end();
}

postgres::DatabaseOptions DatabaseOptionsOf(const Config& config) {
  postgres::DatabaseOptions options;
  options.dsn = config.pg_dsn;
  options.pool_size = static_cast<std::size_t>(config.pg_pool);
  options.application_name = "registry";
  return options;
}

WebhookRules RulesOf(const Config& config) {
  WebhookRules rules;
  // The settings were checked when they were loaded.
  rules.guard = http::MakeGuardPolicy(config.allow_http, config.egress_allow_cidrs).value();
  rules.allow_unlimited = config.allow_unlimited;
  return rules;
}

// Stores, commands and services of the role `api`.
struct Api {
  Api(const Config& config, postgres::Database& database, const crypto::Envelope& envelope,
      kafka::Producer& producer)
      : accounts(database),
        webhooks(database, envelope),
        event_types(database),
        deliveries(database),
        config_reader(database, envelope),
        port(config.kafka, producer),
        webhook_commands(webhooks, event_types, RulesOf(config)),
        delivery_commands({webhooks, event_types, deliveries, config_reader, port}, stop),
        rest({accounts, webhooks, deliveries, event_types, webhook_commands, delivery_commands,
              config.api_key_pepper}),
        feed(DatabaseOptionsOf(config), config_reader),
        watch(config_reader, feed, config.internal_token),
        admin(accounts, webhooks, config.internal_token, config.api_key_pepper),
        webhook_service(accounts, webhooks, webhook_commands, config.api_key_pepper) {}

  runtime::StopToken stop;
  store::AccountStore accounts;
  store::WebhookStore webhooks;
  store::EventTypeStore event_types;
  store::DeliveryStore deliveries;
  store::ConfigReader config_reader;
  KafkaDeliveries port;
  WebhookCommands webhook_commands;
  DeliveryCommands delivery_commands;
  RestApi rest;
  ConfigFeed feed;
  WatchService watch;
  AdminService admin;
  WebhookService webhook_service;
};

}  // namespace

// Members are destroyed from the last to the first: servers before what they serve.
struct Registry::Parts {
  explicit Parts(const Config& config)
      : drain_timeout(config.drain_timeout), database(DatabaseOptionsOf(config)), log_metrics(metrics) {}

  std::chrono::milliseconds drain_timeout;
  metrics::Registry metrics;
  runtime::Health health;
  postgres::Database database;
  LogWriterMetrics log_metrics;
  std::optional<crypto::Envelope> envelope;
  std::unique_ptr<kafka::Producer> producer;
  std::optional<Api> api;
  std::unique_ptr<http::Server> admin_server;
  std::unique_ptr<http::Server> rest_server;
  std::unique_ptr<rpc::Server> grpc_server;
  std::unique_ptr<LogWriter> log_writer;
  std::optional<store::WebhookStore> watched_webhooks;
  std::unique_ptr<FailingWebhooks> failing_webhooks;
  runtime::StopToken stop;
  runtime::Thread watchdog;

  Status Start(const Config& config);
  Status StartApi(const Config& config);
  void WatchDatabase();
};

Status Registry::Parts::Start(const Config& config) {
  health.Require("postgres");
  auto admin = http::StartAdminServer(config.admin_addr, "registry", health, metrics);
  if (!admin) return admin.error();
  admin_server = std::move(*admin);
  log::Info("listening", {{"name", "admin"}, {"addr", admin_server->address()}});

  auto made = crypto::Envelope::Create(config.kek);
  if (!made) return made.error();
  envelope = std::move(*made);
  kafka::ProducerOptions producer_options;
  producer_options.brokers = config.kafka;
  producer_options.client_id = "registry";
  producer_options.message_timeout = kMessageTimeout;
  auto opened = kafka::Producer::Create(producer_options);
  if (!opened) return opened.error();
  producer = std::move(*opened);

  if (HasRole(config, "api")) {
    if (Status started = StartApi(config); !started) return started;
  }
  if (HasRole(config, "log")) {
    log_writer = std::make_unique<LogWriter>(LogWriter::Options{config.kafka, DatabaseOptionsOf(config)},
                                             *producer, log_metrics);
    const auto after = std::chrono::duration_cast<std::chrono::seconds>(config.deactivate_after);
    watched_webhooks.emplace(database, *envelope);
    if (after.count() > 0)
      failing_webhooks = std::make_unique<FailingWebhooks>(*watched_webhooks, after, metrics);
  }
  watchdog = runtime::Thread("db-watch", [this] { WatchDatabase(); });
  return Ok();
}

Status Registry::Parts::StartApi(const Config& config) {
  api.emplace(config, database, *envelope, *producer);
  http::ServerOptions rest_options;
  rest_options.address = config.rest_addr;
  rest_options.handler_threads = kHandlerThreads;
  auto rest = http::Server::Start(rest_options,
                                  [this](const http::Request& request) { return api->rest.Handle(request); });
  if (!rest) return rest.error();
  rest_server = std::move(*rest);
  log::Info("listening", {{"name", "rest"}, {"addr", rest_server->address()}});
  rpc::ServerOptions grpc_options;
  grpc_options.address = config.grpc_addr;
  grpc_options.reflection = config.grpc_reflection;
  auto grpc = rpc::Server::Start(grpc_options, {&api->watch, &api->admin, &api->webhook_service});
  if (!grpc) return grpc.error();
  grpc_server = std::move(*grpc);
  log::Info("listening", {{"name", "grpc"}, {"addr", grpc_server->address()}});
  return Ok();
}

// Ready from the moment that the database is there with all migrations. A later outage does not end
// readiness: REST then answers 503 itself, which says more than a closed door.
void Registry::Parts::WatchDatabase() {
  const auto up =
      metrics.MakeGauge("webhook_dependency_up", "1: the dependency answers", {{"dependency", "postgres"}});
  const auto kafka_up =
      metrics.MakeGauge("webhook_dependency_up", "1: the dependency answers", {{"dependency", "kafka"}});
  bool ready = false;
  do {
    const auto pending = postgres::PendingMigrations(database, AllMigrations());
    up.Set(pending ? 1 : 0);
    kafka_up.Set(producer->connected() ? 1 : 0);
    if (ready) continue;
    ready = pending && pending->empty();
    health.SetUp("postgres", ready,
                 !pending ? pending.error().message : "migrations are missing: webhookctl migrate");
    if (ready && grpc_server) grpc_server->SetServing(true);
  } while (!stop.WaitFor(kLook));
}

Registry::Registry(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Registry::~Registry() {
  parts_->stop.RequestStop();
  parts_->watchdog.Join();
  if (parts_->api) parts_->api->feed.Stop();
}

Result<std::unique_ptr<Registry>> Registry::Start(const Config& config) {
  auto parts = std::make_unique<Parts>(config);
  const Status started = parts->Start(config);
  std::unique_ptr<Registry> registry(new Registry(std::move(parts)));
  if (!started) return started.error();
  return registry;
}

void Registry::Drain() {
  log::Info("drain.started");
  parts_->health.BeginDrain();
  parts_->stop.RequestStop();
  parts_->watchdog.Join();
  if (parts_->api) {
    parts_->api->stop.RequestStop();
    parts_->api->feed.Stop();  // the watches end, their receivers go to another replica
    parts_->rest_server->Stop(parts_->drain_timeout);
    parts_->grpc_server->Stop(parts_->drain_timeout);
  }
  if (parts_->log_writer) parts_->log_writer->Stop();
  const bool flushed = parts_->producer->Flush(parts_->drain_timeout);
  log::Info("drain.finished", {{"flushed", flushed}});
}

}  // namespace webhook
