#include "services/registry/wiring.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "crypto/envelope.h"
#include "http/admin_server.h"
#include "kafka/producer.h"
#include "log/log.h"
#include "metrics/families.h"
#include "metrics/metrics.h"
#include "postgres/database.h"
#include "rpc/server.h"
#include "rpc/tls.h"
#include "runtime/clock.h"
#include "runtime/health.h"
#include "runtime/process.h"
#include "services/registry/api/grpc/admin_service.h"
#include "services/registry/api/grpc/config_feed.h"
#include "services/registry/api/grpc/delivery_service.h"
#include "services/registry/api/grpc/watch_service.h"
#include "services/registry/api/grpc/webhook_service.h"
#include "services/registry/api/operations/account_handlers.h"
#include "services/registry/api/operations/delivery_handlers.h"
#include "services/registry/api/operations/event_handlers.h"
#include "services/registry/api/operations/event_type_handlers.h"
#include "services/registry/api/operations/health_handlers.h"
#include "services/registry/api/operations/ingest_publisher.h"
#include "services/registry/api/operations/kafka_deliveries.h"
#include "services/registry/api/operations/operation_runner.h"
#include "services/registry/api/operations/platform_handlers.h"
#include "services/registry/api/operations/publish_handlers.h"
#include "services/registry/api/operations/session_handlers.h"
#include "services/registry/api/operations/session_rules.h"
#include "services/registry/api/operations/signature_handlers.h"
#include "services/registry/api/operations/stats_handlers.h"
#include "services/registry/api/operations/webhook_handlers.h"
#include "services/registry/api/rest/client_address.h"
#include "services/registry/api/rest/rest_api.h"
#include "services/registry/dashboard/dashboard.h"
#include "services/registry/jobs/failing_webhooks.h"
#include "services/registry/jobs/job_runner.h"
#include "services/registry/jobs/log_keeper.h"
#include "services/registry/jobs/platform_counts.h"
#include "services/registry/jobs/redelivery_runner.h"
#include "services/registry/log_writer/log_writer.h"
#include "services/registry/migrations/migrations.h"
#include "services/registry/store/config_reader.h"
#include "services/registry/store/instances.h"
#include "services/registry/store/row_security.h"
#include "services/registry/store/server_settings.h"
#include "services/registry/store/sessions.h"
#include "services/registry/store/store_metrics.h"

namespace webhook {
namespace {

using std::chrono::seconds;

constexpr std::chrono::milliseconds kLook{1'000};
// Customers wait for a test's or redelivery's acknowledgement.
constexpr std::chrono::milliseconds kMessageTimeout{5'000};
constexpr std::size_t kHandlerThreads = 16;
constexpr std::int64_t kApiJobsLock = 0x77686b6a6f6261;  // "whkjoba"
constexpr std::int64_t kLogJobsLock = 0x77686b6a6f626c;  // "whkjobl"
constexpr int kRewrapAtOnce = 200;

bool HasRole(const Config& config, const std::string& role) {
  return std::find(config.roles.begin(), config.roles.end(), role) != config.roles.end();
}

postgres::DatabaseOptions DatabaseOptionsOf(const Config& config) {
  postgres::DatabaseOptions options;
  options.dsn = config.pg_dsn;
  options.password = config.pg_password;
  options.pool_size = static_cast<std::size_t>(config.pg_pool);
  options.application_name = "registry";
  return options;
}

std::chrono::days RetentionOf(const Config& config) {
  return std::chrono::ceil<std::chrono::days>(config.log_retention);
}

SessionLimits SessionLimitsOf(const Config& config) {
  return {std::chrono::duration_cast<seconds>(config.session_lifetime),
          std::chrono::duration_cast<seconds>(config.session_idle_timeout)};
}

WebhookRules RulesOf(const Config& config) {
  WebhookRules rules;
  // The settings were checked when they were loaded.
  rules.guard = http::MakeGuardPolicy(config.allow_http, config.egress_allow_cidrs).value();
  rules.allow_unlimited = config.allow_unlimited;
  rules.max_webhooks = config.max_webhooks;
  return rules;
}

// Whose transactions are timed.
postgres::DatabaseOptions Timed(postgres::DatabaseOptions options, store::StoreMetrics& metrics) {
  options.on_transaction = [&metrics](const char* what, std::chrono::microseconds took) {
    metrics.Observe(what, took);
  };
  return options;
}

postgres::DatabaseOptions OfAllAccounts(postgres::DatabaseOptions options) {
  options.settings = {store::kAllAccounts};
  return options;
}

template <typename... Groups>
Handlers MakeHandlers(Groups&... groups) {
  Handlers handlers;
  (groups.AddTo(&handlers), ...);
  AddEventTypeHandlers(&handlers);
  AddStatsHandlers(&handlers);
  return handlers;
}

// Commands and services of the role `api`.
struct Api {
  Api(const Config& config, postgres::Database& platform, const crypto::Envelope& envelope,
      kafka::Producer& producer, metrics::Registry& metrics, store::StoreMetrics& store_metrics,
      const rpc::Identity& identity)
      : customers(Timed(DatabaseOptionsOf(config), store_metrics)),
        secrets(envelope),
        answers(envelope),
        config_reader(platform, envelope),
        port(kafka::Counted(config.kafka, metrics), producer),
        calls(customers, config.api_key_pepper, config.calls_per_minute, SessionLimitsOf(config), metrics),
        webhook_commands(secrets, RulesOf(config)),
        delivery_commands(calls, port, stop),
        account_handlers({config.api_key_pepper, config.api_key_pepper, config.max_webhooks}),
        webhook_handlers(webhook_commands, secrets, delivery_commands, config.api_key_pepper),
        delivery_handlers(delivery_commands, config.api_key_pepper),
        event_handlers(config.api_key_pepper),
        health_handlers(config.api_key_pepper),
        signature_handlers(secrets),
        publisher(config.ingest_addr.empty()
                      ? nullptr
                      : std::make_unique<IngestPublisher>(config.ingest_addr, identity)),
        publish_handlers(publisher.get()),
        session_handlers({config.api_key_pepper, SessionLimitsOf(config)}),
        platform_reader(kafka::Counted(config.kafka, metrics), OfAllAccounts(DatabaseOptionsOf(config))),
        platform_handlers(platform_reader, kafka::Counted(config.kafka, metrics), config.api_key_pepper),
        runner({calls, answers, Document::Get(),
                MakeHandlers(account_handlers, webhook_handlers, delivery_handlers, event_handlers,
                             signature_handlers, publish_handlers, session_handlers, health_handlers,
                             platform_handlers)}),
        rest(runner, rest::ReadTrustedProxies(config.trusted_proxies).value(), metrics),
        feed(OfAllAccounts(DatabaseOptionsOf(config)), config_reader),
        watch(platform, config_reader, feed, config.internal_token),
        admin(platform, config.internal_token, config.api_key_pepper, metrics),
        webhook_service(runner),
        delivery_service(runner) {}

  runtime::StopToken stop;
  postgres::Database customers;  // its connections see nothing until a call names its account
  store::SecretStore secrets;
  store::IdempotentAnswers answers;
  store::ConfigReader config_reader;
  KafkaDeliveries port;
  AccountCalls calls;
  WebhookCommands webhook_commands;
  DeliveryCommands delivery_commands;
  AccountHandlers account_handlers;
  WebhookHandlers webhook_handlers;
  DeliveryHandlers delivery_handlers;
  EventHandlers event_handlers;
  HealthHandlers health_handlers;
  SignatureHandlers signature_handlers;
  std::unique_ptr<PublishPort> publisher;  // null: event-ingest is not known
  PublishHandlers publish_handlers;
  SessionHandlers session_handlers;
  PlatformReader platform_reader;
  PlatformHandlers platform_handlers;
  OperationRunner runner;
  rest::RestApi rest;
  ConfigFeed feed;
  WatchService watch;
  AdminService admin;
  WebhookService webhook_service;
  DeliveryService delivery_service;
};

}  // namespace

// Members are destroyed from the last to the first: servers before what they serve.
struct Registry::Parts {
  explicit Parts(const Config& config)
      : drain_timeout(config.drain_timeout),
        log_retention(RetentionOf(config)),
        session_limits(SessionLimitsOf(config)),
        database(Timed(OfAllAccounts(DatabaseOptionsOf(config)), store_metrics)),
        platform_counts(database, metrics),
        log_metrics(metrics),
        secrets_on_old_key(metrics.Make(metrics::kSecretsOnOldKey)) {}

  std::chrono::milliseconds drain_timeout;
  std::chrono::days log_retention;
  SessionLimits session_limits;
  metrics::Registry metrics;
  store::StoreMetrics store_metrics{metrics};
  runtime::Health health;
  postgres::Database database;  // sees all accounts
  PlatformCounts platform_counts;
  LogWriterMetrics log_metrics;
  std::optional<crypto::Envelope> envelope;
  std::unique_ptr<kafka::Producer> producer;
  std::shared_ptr<const rpc::Identity> identity;  // of the role `api`
  std::optional<Api> api;
  std::unique_ptr<http::Server> admin_server;
  std::unique_ptr<http::Server> rest_server;
  std::unique_ptr<rpc::Server> grpc_server;
  std::unique_ptr<LogWriter> log_writer;
  std::optional<LogKeeper> log_keeper;
  std::optional<RedeliveryRunner> redelivery_runner;
  std::string rewrapped_to;  // of the job's thread
  metrics::Gauge secrets_on_old_key;
  std::optional<FailingWebhooks> failing_webhooks;
  std::unique_ptr<JobRunner> api_jobs;
  std::unique_ptr<JobRunner> log_jobs;
  const store::Instance self{
      "registry", runtime::InstanceName(), WEBHOOK_VERSION, runtime::ProcessStart(), {}};
  runtime::StopToken stop;
  runtime::Thread watchdog;

  Status Start(const Config& config);
  Status StartApi(const Config& config);
  Job TellOfUs();
  std::vector<Job> ApiJobs();
  std::vector<Job> LogJobs();
  void WatchDatabase();
  void TellPool(const char* name, const postgres::Database& pool);
  void WarnOfSettings();
};

Status Registry::Parts::Start(const Config& config) {
  health.Require("postgres");
  auto admin = http::StartAdminServer(config.admin_addr, "registry", health, metrics);
  if (!admin) return admin.error();
  admin_server = std::move(*admin);
  log::Info("listening", {{"name", "admin"}, {"addr", admin_server->address()}});

  auto made = crypto::Envelope::Create(
      config.kek, config.kek_old.empty() ? std::vector<Secret>() : std::vector{config.kek_old});
  if (!made) return made.error();
  envelope = std::move(*made);
  kafka::ProducerOptions producer_options;
  const kafka::Cluster cluster = kafka::Counted(config.kafka, metrics);
  producer_options.cluster = cluster;
  producer_options.client_id = "registry";
  producer_options.message_timeout = kMessageTimeout;
  auto opened = kafka::Producer::Create(producer_options);
  if (!opened) return opened.error();
  producer = std::move(*opened);

  if (HasRole(config, "api")) {
    if (Status started = StartApi(config); !started) return started;
  }
  if (HasRole(config, "log")) {
    log_writer = std::make_unique<LogWriter>(
        LogWriter::Options{cluster, OfAllAccounts(DatabaseOptionsOf(config)), log_retention}, *producer,
        log_metrics);
    log_keeper.emplace(OfAllAccounts(DatabaseOptionsOf(config)), log_retention, metrics);
    const auto after = std::chrono::duration_cast<std::chrono::seconds>(config.deactivate_after);
    if (after.count() > 0) failing_webhooks.emplace(database, after, metrics);
  }
  const postgres::DatabaseOptions all_accounts = OfAllAccounts(DatabaseOptionsOf(config));
  if (api) api_jobs = std::make_unique<JobRunner>(all_accounts, "api", kApiJobsLock, ApiJobs(), metrics);
  if (log_writer)
    log_jobs = std::make_unique<JobRunner>(all_accounts, "log", kLogJobsLock, LogJobs(), metrics);
  watchdog = runtime::Thread("db-watch", [this] { WatchDatabase(); });
  return Ok();
}

// Of each replica, in the role that it has.
Job Registry::Parts::TellOfUs() {
  return {"tell of this instance", seconds{15}, true, [this] {
            return database.Transact<Done>("note an instance", [this](store::Tx& tx) -> Status {
              store::NoteInstance(tx, self);
              return Ok();
            });
          }};
}

std::vector<Job> Registry::Parts::ApiJobs() {
  const auto in_transaction = [this](const char* what, const std::function<void(store::Tx&)>& fn) {
    return database.Transact<Done>(what, [&](store::Tx& tx) -> Status {
      fn(tx);
      return Ok();
    });
  };
  std::vector<Job> all = {TellOfUs()};
  all.push_back({"forget instances that are gone", seconds{60}, false, [in_transaction] {
                   return in_transaction("forget instances that are gone", store::DropInstances);
                 }});
  all.push_back({"note the use of keys", seconds{10}, true, [this, in_transaction] {
                   const auto used = api->calls.TakeUses();
                   if (used.keys.empty()) return Ok();
                   return in_transaction("note the use of keys", [&](store::Tx& tx) {
                     store::NoteUse(tx, used.keys);
                     store::NoteSessionUse(tx, used.sessions);
                   });
                 }});
  all.push_back({"drop old answers", seconds{60}, false, [in_transaction] {
                   return in_transaction("drop old answers", store::IdempotentAnswers::DropOld);
                 }});
  all.push_back({"drop dead sessions", seconds{60}, false, [this, in_transaction] {
                   return in_transaction("drop dead sessions", [this](store::Tx& tx) {
                     store::DropDeadSessions(tx, session_limits.idle, runtime::ReadClock().wall);
                   });
                 }});
  all.push_back({"forget old changes", seconds{600}, false, [in_transaction] {
                   return in_transaction("forget old changes", store::ConfigReader::ForgetOldChanges);
                 }});
  all.push_back({"count for the metrics", seconds{60}, true, [this] { return platform_counts.Count(); }});
  redelivery_runner.emplace(database, api->port, metrics);
  all.push_back({"move redeliveries on", seconds{1}, false, [this] { return redelivery_runner->Step(); }});
  all.push_back({"forget old redeliveries", seconds{600}, false, [this, in_transaction] {
                   return in_transaction("forget old redeliveries", [this](store::Tx& tx) {
                     store::DropRedeliveries(tx, log_retention);
                   });
                 }});
  all.push_back({"rewrap secrets", seconds{10}, false, [this, in_transaction] {
                   return in_transaction("rewrap secrets", [this](store::Tx& tx) {
                     const auto done = api->secrets.Rewrap(tx, rewrapped_to, kRewrapAtOnce);
                     if (done.unreadable > 0) log::Error("secrets.unreadable", {{"count", done.unreadable}});
                     rewrapped_to = done.last;
                     secrets_on_old_key.Set(static_cast<double>(done.left));
                   });
                 }});
  return all;
}

std::vector<Job> Registry::Parts::LogJobs() {
  std::vector<Job> all;
  if (!api) all.push_back(TellOfUs());
  all.push_back({"make the log's days", seconds{600}, false, [this] { return log_keeper->MakeAhead(); }});
  // On each replica: what one has seen once as the leader would stay its figure for ever.
  all.push_back(
      {"look how far the log's days reach", seconds{60}, true, [this] { return log_keeper->LookAhead(); }});
  all.push_back({"drop old days of the log", seconds{60}, false, [this] { return log_keeper->DropOld(); }});
  if (failing_webhooks)
    all.push_back(
        {"deactivate failing webhooks", seconds{60}, false, [this] { return failing_webhooks->Look(); }});
  return all;
}

Status Registry::Parts::StartApi(const Config& config) {
  auto loaded = rpc::Identity::Load(config.tls, &metrics);
  if (!loaded) return loaded.error();
  identity = std::move(*loaded);
  api.emplace(config, database, *envelope, *producer, metrics, store_metrics, *identity);
  http::ServerOptions rest_options;
  rest_options.address = config.rest_addr;
  rest_options.handler_threads = kHandlerThreads;
  rest_options.refuse = rest::RestApi::Refuse;
  auto rest = http::Server::Start(rest_options, [this](const http::Request& request) {
    auto page = dashboard::Serve(request);
    return page ? std::move(*page) : api->rest.Handle(request);
  });
  if (!rest) return rest.error();
  rest_server = std::move(*rest);
  log::Info("listening", {{"name", "rest"}, {"addr", rest_server->address()}});
  rpc::ServerOptions grpc_options;
  grpc_options.address = config.grpc_addr;
  grpc_options.identity = identity;
  grpc_options.reflection = config.grpc_reflection;
  grpc_options.max_connection_age = config.grpc_max_connection_age;
  grpc_options.metrics = &metrics;
  auto grpc = rpc::Server::Start(grpc_options, {rpc::Offer<v1::WebhookWatchService>(&api->watch),
                                                rpc::Offer<v1::AdminService>(&api->admin),
                                                rpc::Offer<v1::WebhookService>(&api->webhook_service),
                                                rpc::Offer<v1::DeliveryService>(&api->delivery_service)});
  if (!grpc) return grpc.error();
  grpc_server = std::move(*grpc);
  log::Info("listening", {{"name", "grpc"}, {"addr", grpc_server->address()}});
  return Ok();
}

void Registry::Parts::WarnOfSettings() {
  const auto missing = database.Transact<std::vector<std::string>>(
      "look at the settings",
      [](store::Tx& tx) -> Result<std::vector<std::string>> { return store::MissingSettings(tx); });
  if (!missing) return;
  for (const std::string& text : *missing) log::Warn("postgres.settings", {{"missing", text}});
}

void Registry::Parts::TellPool(const char* name, const postgres::Database& pool) {
  const postgres::Database::Use use = pool.use();
  const auto tell = [&](const char* state, std::size_t count) {
    metrics.Make(metrics::kPoolConnections, {{"pool", name}, {"state", state}})
        .Set(static_cast<double>(count));
  };
  tell("busy", use.busy);
  tell("idle", use.idle);
  tell("waiting", use.waiting);
}

// Ready from the moment that the database is there with all migrations. A later outage does not end
// readiness: REST then answers 503 itself, which says more than a closed door.
void Registry::Parts::WatchDatabase() {
  const auto up = metrics.Make(metrics::kDependencyUp, {{"dependency", "postgres"}});
  const auto kafka_up = metrics.Make(metrics::kDependencyUp, {{"dependency", "kafka"}});
  const auto producer_used = metrics.Make(metrics::kQueueUsed, {{"queue", "producer"}});
  bool ready = false;
  do {
    const auto pending = postgres::PendingMigrations(database, AllMigrations());
    up.Set(pending ? 1 : 0);
    kafka_up.Set(producer->connected() ? 1 : 0);
    producer_used.Set(producer->used());
    TellPool("platform", database);
    if (api) TellPool("customers", api->customers);
    if (ready) continue;
    ready = pending && pending->empty();
    if (ready) WarnOfSettings();
    health.SetUp("postgres", ready,
                 !pending ? pending.error().message : "migrations are missing: webhookctl migrate");
    if (ready && grpc_server) grpc_server->SetServing(true);
  } while (!stop.WaitFor(kLook));
}

Registry::Registry(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Registry::~Registry() {
  parts_->stop.RequestStop();
  parts_->watchdog.Join();
  parts_->api_jobs.reset();
  parts_->log_jobs.reset();
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
  parts_->api_jobs.reset();
  parts_->log_jobs.reset();
  static_cast<void>(parts_->database.Transact<Done>("forget an instance", [this](store::Tx& tx) -> Status {
    store::ForgetInstance(tx, parts_->self, std::nullopt);
    return Ok();
  }));
  const bool flushed = parts_->producer->Flush(parts_->drain_timeout);
  log::Info("drain.finished", {{"flushed", flushed}});
}

}  // namespace webhook
