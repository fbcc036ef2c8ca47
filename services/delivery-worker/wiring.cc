#include "services/delivery-worker/wiring.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "domain/topics.h"
#include "http/admin_server.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "rpc/tls.h"
#include "rpc/watch_client.h"
#include "runtime/event_loop.h"
#include "runtime/health.h"
#include "runtime/process.h"
#include "services/delivery-worker/adapters/attempts_reader.h"
#include "services/delivery-worker/adapters/config_barrier.h"
#include "services/delivery-worker/adapters/consumer_role.h"
#include "services/delivery-worker/adapters/deactivator.h"
#include "services/delivery-worker/adapters/delivery_runner.h"
#include "services/delivery-worker/adapters/fanout_runner.h"
#include "services/delivery-worker/adapters/lane_loop.h"
#include "services/delivery-worker/adapters/pump_runner.h"
#include "services/delivery-worker/adapters/topic_partitions.h"
#include "services/delivery-worker/adapters/webhook_copy.h"
#include "services/delivery-worker/adapters/worker_metrics.h"
#include "services/delivery-worker/adapters/worker_producer.h"
#include "trace/otlp_exporter.h"

namespace webhook {
namespace {

constexpr char kService[] = "delivery-worker";
constexpr std::chrono::milliseconds kLook{1'000};
constexpr std::size_t kMaxHeldBytes = 256u << 20;  // of all partitions that deliver
// What one account may have of what all may: a quarter of the requests in flight, and half of the memory,
// which is more than a partition's full window takes: with less, a flood would be parked and read again
// without end.
constexpr std::size_t kAccountsPartInFlight = 4;
constexpr std::size_t kAccountsPartHeld = 2;
// About a millisecond of work.
constexpr std::size_t kBegunInTurn = 64;
// Of one partition, where its loop is what is slow: about as much as a loop does in half a second. Far below
// what is parked for the newer offsets behind it (DeliveryLane), which is for endpoints that are slow.
constexpr std::size_t kMaxUnstarted = 2'000;

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
  std::unique_ptr<trace::OtlpExporter> traces;  // null: off
  std::unique_ptr<http::Server> admin;
  std::unique_ptr<rpc::RegistryClient> registry_client;
  std::unique_ptr<Deactivator> deactivator;
  std::unique_ptr<WorkerProducer> producer;
  std::unique_ptr<rpc::WebhookWatch> watch;
  std::unique_ptr<TopicPartitions> partitions;
  std::unique_ptr<ConfigBarrier> barrier;
  std::unique_ptr<AttemptsReader> attempts;
  // Their consumers go after the batches that the loops still hold, so the loops are destroyed before them.
  std::unique_ptr<ConsumerRole> fanout;
  std::unique_ptr<ConsumerRole> pump;
  std::unique_ptr<ConsumerRole> deliver;
  std::vector<std::unique_ptr<LaneLoop>> loops;  // of the deliver role
  std::unique_ptr<LaneLoop> feed_loop;           // of fan-out and pump
  std::unique_ptr<runtime::EventLoop> timer;
  std::chrono::milliseconds drain_timeout{};

  Status Start(const Config& config);
  // Ends all threads: the roles, what they run on, and then the producer, whose last answers find nobody.
  void Stop();
  void StopRoles();
  RoleOptions Role(const Config& config, const std::string& name);
  void StartFanout(const Config& config);
  void StartPump(const Config& config);
  Status StartDeliver(const Config& config);
  void StartWatch(const rpc::RegistryOptions& options);
  void TellState();
};

Status Worker::Parts::Start(const Config& config) {
  drain_timeout = config.drain_timeout;
  health.Require("registry");
  for (const std::string& role : config.roles) health.Require(role);
  auto admin_server = http::StartAdminServer(config.admin_addr, kService, health, registry);
  if (!admin_server) return admin_server.error();
  admin = std::move(*admin_server);
  log::Info("listening", {{"name", "admin"}, {"addr", admin->address()}});

  auto exporter = trace::OtlpExporter::Start(config.traces, kService, registry);
  if (!exporter) return exporter.error();
  traces = std::move(*exporter);

  auto made = WorkerProducer::Create(kafka::Counted(config.kafka, registry));
  if (!made) return made.error();
  producer = std::move(*made);

  auto identity = rpc::Identity::Load(config.tls, &registry);
  if (!identity) return identity.error();
  const rpc::RegistryOptions registry_options{config.registry_addr, config.internal_token, *identity,
                                              kService, runtime::InstanceName()};
  registry_client = std::make_unique<rpc::RegistryClient>(registry_options);
  deactivator = std::make_unique<Deactivator>(*registry_client);
  StartWatch(registry_options);

  timer = std::make_unique<runtime::EventLoop>("timer");
  timer->Every(kLook, [this] { TellState(); });
  partitions = std::make_unique<TopicPartitions>(kafka::Counted(config.kafka, registry));
  feed_loop = std::make_unique<LaneLoop>("feed");
  if (HasRole(config, "fanout")) StartFanout(config);
  if (HasRole(config, "pump")) StartPump(config);
  return HasRole(config, "deliver") ? StartDeliver(config) : Ok();
}

RoleOptions Worker::Parts::Role(const Config& config, const std::string& name) {
  RoleOptions options;
  options.name = name;
  options.client_id = std::string(kService) + "." + runtime::InstanceName();
  options.cluster = kafka::Counted(config.kafka, registry);
  options.drain_timeout = config.drain_timeout;
  options.stage = name;
  options.retry_time_scale = config.retry_time_scale;
  return options;
}

void Worker::Parts::TellState() {
  metrics.kafka_up.Set(producer->connected() ? 1 : 0);
  metrics.producer_used.Set(producer->used());
  metrics.config_lag.Set(std::chrono::duration<double>(watch->silence()).count());
}

void Worker::Parts::StartFanout(const Config& config) {
  barrier = std::make_unique<ConfigBarrier>(*registry_client, webhooks, metrics);
  RoleOptions options = Role(config, "fanout");
  options.group = kFanoutGroup;
  options.topics = {kEventsTopic};
  FanoutLimits limits;
  limits.time_scale = config.retry_time_scale;
  limits.pace.max_wait = TierDelay(kWaitTiers.front().topic, config.retry_time_scale);
  options.max_backlog = limits.max_records;
  options.max_partition_bytes = limits.max_bytes;
  fanout = std::make_unique<ConsumerRole>(
      options, health, metrics, [this] { return webhooks.complete() && partitions->Learn(); },
      [this, limits](const kafka::TopicPartition& partition, const Checkpoint& from, const LeasePort& lease) {
        FanoutLimits own = limits;
        own.pace.lanes = partitions->events();
        own.delivery_partitions = partitions->deliveries();
        return std::make_shared<FanoutRunner>(partition, from,
                                              PartitionRunner::Parts{*feed_loop, *producer, metrics},
                                              FanoutRunner::Context{own, *barrier, webhooks, lease});
      });
}

void Worker::Parts::StartPump(const Config& config) {
  RoleOptions options = Role(config, "pump");
  options.group = kPumpGroup;
  options.stage = "wait";
  for (const WaitTier& tier : kWaitTiers) options.topics.push_back(tier.topic);
  PumpContext context;
  context.limits.time_scale = config.retry_time_scale;
  context.limits.max_age = std::chrono::duration_cast<std::chrono::seconds>(config.delivery_max_age);
  options.max_backlog = context.limits.max_records;
  options.max_partition_bytes = context.limits.max_bytes;
  // What waits here waits for time, not for work: were all tiers paused for what one holds, none would be
  // read until that is due.
  options.max_bytes = std::numeric_limits<std::size_t>::max();
  pump = std::make_unique<ConsumerRole>(
      options, health, metrics, [this] { return partitions->Learn(); },
      [this, context](const kafka::TopicPartition& partition, const Checkpoint& from,
                      const LeasePort& lease) {
        PumpContext own = context;
        own.delivery_partitions = partitions->deliveries();
        return std::make_shared<PumpRunner>(
            partition, from, PartitionRunner::Parts{*feed_loop, *producer, metrics}, own, lease);
      });
}

void Worker::Parts::StartWatch(const rpc::RegistryOptions& options) {
  watch = std::make_unique<rpc::WebhookWatch>(
      options,
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
  EgressOptions egress;
  egress.client.guard = std::move(*policy);
  egress.client.connect_timeout = config.http_connect_timeout;
  egress.client.max_timeout = config.http_timeout;
  egress.client.max_connections = static_cast<std::size_t>(config.http_max_connections);
  egress.client.max_busy_per_address = static_cast<std::size_t>(config.http_max_per_address);
  egress.client.ca_file = config.egress_ca_file;
  egress.admission.total = egress.client.max_connections;
  egress.admission.account = std::max<std::size_t>(1, egress.admission.total / kAccountsPartInFlight);
  egress.max_account_bytes =
      kMaxHeldBytes / kAccountsPartHeld / static_cast<std::size_t>(config.deliver_threads);
  egress.admission.host = egress.client.max_busy_per_address;
  egress.admission.in_turn = kBegunInTurn;
  if (!config.egress_canary_url.empty())
    egress.canary = http::ParseEndpointUrl(config.egress_canary_url, "egress-canary-url").value();
  egress.on_pause = [this](bool paused) { metrics.egress_paused.Add(paused ? 1 : -1); };
  for (std::int64_t number = 0; number < config.deliver_threads; ++number) {
    loops.push_back(std::make_unique<LaneLoop>("deliver-" + std::to_string(number)));
    if (const Status opened = loops.back()->OpenEgress(egress); !opened) return opened;
  }
  metrics.in_flight_limit.Set(static_cast<double>(loops.size() * egress.client.max_connections));
  attempts = std::make_unique<AttemptsReader>(kafka::Counted(config.kafka, registry));
  DeliveryLimits limits;
  limits.time_scale = config.retry_time_scale;
  limits.max_age = std::chrono::duration_cast<std::chrono::seconds>(config.delivery_max_age);
  RoleOptions options = Role(config, "deliver");
  options.group = kDeliverGroup;
  options.topics = {kDeliveriesTopic};
  options.max_backlog = limits.max_span;
  options.max_unstarted = kMaxUnstarted;
  options.max_partition_bytes = kMaxHeldBytes;
  options.max_bytes = kMaxHeldBytes;
  deliver = std::make_unique<ConsumerRole>(
      options, health, metrics, [this] { return webhooks.complete(); },
      [this, limits](const kafka::TopicPartition& partition, const Checkpoint& from, const LeasePort& lease) {
        return std::make_shared<DeliveryRunner>(
            partition, from, PartitionRunner::Parts{LeastLaden(loops), *producer, metrics},
            DeliveryRunner::Context{limits, *attempts, *deactivator, webhooks, lease,
                                    traces ? &traces->tracing() : nullptr});
      });
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
  barrier.reset();
  attempts.reset();
  if (feed_loop) feed_loop->Stop();
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
  if (parts_->traces) parts_->traces->Drain(parts_->drain_timeout);
  log::Info("drain.finished", {{"flushed", flushed}});
}

}  // namespace webhook
