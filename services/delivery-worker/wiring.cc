#include "services/delivery-worker/wiring.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "http/admin_server.h"
#include "kafka/producer.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "rpc/watch_client.h"
#include "runtime/event_loop.h"
#include "runtime/health.h"
#include "services/delivery-worker/adapters/deactivator.h"
#include "services/delivery-worker/adapters/deliver_loop.h"
#include "services/delivery-worker/adapters/deliver_role.h"
#include "services/delivery-worker/adapters/fanout_role.h"
#include "services/delivery-worker/adapters/pump_role.h"
#include "services/delivery-worker/adapters/webhook_copy.h"
#include "services/delivery-worker/adapters/worker_metrics.h"

namespace webhook {
namespace {

// A worker outlives a broker's restart: its records are repeated anyway, so they may wait long.
constexpr std::chrono::milliseconds kMessageTimeout{120'000};
constexpr std::chrono::milliseconds kLook{1'000};

bool HasRole(const Config& config, const std::string& role) {
  return std::find(config.roles.begin(), config.roles.end(), role) != config.roles.end();
}

}  // namespace

// Members are destroyed from the last to the first, after Stop().
struct Worker::Parts {
  metrics::Registry registry;
  runtime::Health health;
  WorkerMetrics metrics{registry};
  WebhookCopy webhooks;
  std::unique_ptr<http::Server> admin;
  std::unique_ptr<rpc::RegistryClient> registry_client;
  std::unique_ptr<Deactivator> deactivator;
  std::unique_ptr<kafka::Producer> producer;
  std::unique_ptr<rpc::WebhookWatch> watch;
  std::unique_ptr<FanoutRole> fanout;
  std::unique_ptr<PumpRole> pump;
  std::unique_ptr<DeliverRole> deliver;  // its consumer goes after the batches that the loops still hold,
  std::vector<std::unique_ptr<DeliverLoop>> loops;  // so the loops are destroyed before it
  std::unique_ptr<runtime::EventLoop> timer;
  std::chrono::milliseconds drain_timeout{};

  Status Start(const Config& config);
  // Ends all threads: the roles, what they run on, and then the producer, whose last answers find nobody.
  void Stop();
  void StopRoles();
  Status StartDeliver(const Config& config);
  void StartWatch(const Config& config);
};

Status Worker::Parts::Start(const Config& config) {
  drain_timeout = config.drain_timeout;
  health.Require("registry");
  for (const std::string& role : config.roles) health.Require(role);
  auto admin_server = http::StartAdminServer(config.admin_addr, "delivery-worker", health, registry);
  if (!admin_server) return admin_server.error();
  admin = std::move(*admin_server);
  log::Info("listening", {{"name", "admin"}, {"addr", admin->address()}});

  kafka::ProducerOptions producer_options;
  producer_options.brokers = config.kafka;
  producer_options.client_id = "delivery-worker";
  producer_options.message_timeout = kMessageTimeout;
  auto made = kafka::Producer::Create(producer_options);
  if (!made) return made.error();
  producer = std::move(*made);

  const rpc::RegistryOptions registry_options{config.registry_addr, config.internal_token};
  registry_client = std::make_unique<rpc::RegistryClient>(registry_options);
  deactivator = std::make_unique<Deactivator>(*registry_client);
  StartWatch(config);

  timer = std::make_unique<runtime::EventLoop>("timer");
  timer->Every(kLook, [this] { metrics.kafka_up.Set(producer->connected() ? 1 : 0); });
  if (HasRole(config, "fanout")) {
    fanout = std::make_unique<FanoutRole>(
        config.kafka, FanoutRole::Parts{*producer, *registry_client, webhooks, metrics, health});
  }
  if (HasRole(config, "pump")) {
    PumpOptions options;
    options.brokers = config.kafka;
    options.time_scale = config.retry_time_scale;
    options.max_age = std::chrono::duration_cast<std::chrono::seconds>(config.delivery_max_age);
    pump = std::make_unique<PumpRole>(options, PumpRole::Parts{*producer, metrics, health});
  }
  return HasRole(config, "deliver") ? StartDeliver(config) : Ok();
}

void Worker::Parts::StartWatch(const Config& config) {
  watch = std::make_unique<rpc::WebhookWatch>(
      rpc::RegistryOptions{config.registry_addr, config.internal_token},
      [this](rpc::WebhookWatch::Update update) {
        metrics.config_revision.Set(static_cast<double>(update.revision));
        webhooks.Apply(std::move(update));
        // A copy that was once complete serves on while the registry is away: readiness does not fall again.
        health.SetUp("registry", webhooks.complete(), "no webhooks received yet");
      },
      [this](bool connected) { metrics.registry_up.Set(connected ? 1 : 0); });
}

Status Worker::Parts::StartDeliver(const Config& config) {
  auto policy = http::MakeGuardPolicy(config.allow_http, config.egress_allow_cidrs);
  if (!policy) return policy.error();
  http::ClientOptions client_options;
  client_options.guard = std::move(*policy);
  client_options.connect_timeout = config.http_connect_timeout;
  client_options.max_timeout = config.http_timeout;
  client_options.max_connections = static_cast<std::size_t>(config.http_max_connections);
  client_options.ca_file = config.egress_ca_file;
  for (std::int64_t number = 0; number < config.deliver_threads; ++number) {
    auto loop = DeliverLoop::Create(static_cast<std::size_t>(number), client_options);
    if (!loop) return loop.error();
    loops.push_back(std::move(*loop));
  }
  DeliverOptions options;
  options.brokers = config.kafka;
  options.drain_timeout = config.drain_timeout;
  options.lane.time_scale = config.retry_time_scale;
  options.lane.max_age = std::chrono::duration_cast<std::chrono::seconds>(config.delivery_max_age);
  deliver = std::make_unique<DeliverRole>(
      options, DeliverRole::Parts{loops, *producer, *deactivator, webhooks, metrics, health});
  return Ok();
}

Worker::Worker(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Worker::~Worker() {
  parts_->Stop();
}

// Together: a role that waits for the broker must not keep another at work.
void Worker::Parts::StopRoles() {
  if (fanout) fanout->RequestStop();
  if (pump) pump->RequestStop();
  if (deliver) deliver->RequestStop();
  if (deliver) deliver->Stop();
  if (fanout) fanout->Stop();
  if (pump) pump->Stop();
}

void Worker::Parts::Stop() {
  StopRoles();
  if (timer) timer->Stop();
  watch.reset();
  for (const auto& loop : loops) loop->Stop();
  producer.reset();
}

Result<std::unique_ptr<Worker>> Worker::Start(const Config& config) {
  auto parts = std::make_unique<Parts>();
  const Status started = parts->Start(config);
  std::unique_ptr<Worker> worker(new Worker(std::move(parts)));
  if (!started) return started.error();
  return worker;
}

void Worker::Drain() {
  log::Info("drain.started");
  parts_->health.BeginDrain();
  parts_->StopRoles();
  const bool flushed = parts_->producer->Flush(parts_->drain_timeout);
  log::Info("drain.finished", {{"flushed", flushed}});
}

}  // namespace webhook
