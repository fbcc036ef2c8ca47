#include "services/event-ingest/wiring.h"

#include <utility>

#include "http/admin_server.h"
#include "kafka/adaptive_producer.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "rpc/server.h"
#include "rpc/tls.h"
#include "rpc/watch_client.h"
#include "runtime/clock.h"
#include "runtime/event_loop.h"
#include "runtime/health.h"
#include "runtime/process.h"
#include "services/event-ingest/api/ingest_service.h"
#include "services/event-ingest/api/kafka_event_log.h"
#include "trace/otlp_exporter.h"

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kExpire{10};
constexpr std::chrono::milliseconds kLook{500};
// How long the broker has; the caller's own deadline is kept by the publisher.
constexpr std::chrono::milliseconds kMessageTimeout{10'000};
// Where events wait for company: callers wait with them.
constexpr std::chrono::milliseconds kLinger{2};

std::shared_ptr<const PublishRights> ToPublishRights(const rpc::PublisherWatch::Update& update,
                                                     const PublishRights* before, bool refuse_broken) {
  auto rights = std::make_shared<PublishRights>();
  for (const auto& key : update.keys)
    rights->keys.emplace(key.hmac, key.expires_at.value_or(WallTime::max()));
  rights->account_ids.insert(update.account_ids.begin(), update.account_ids.end());
  for (const std::string& type : update.event_types) rights->event_types[type] = nullptr;
  for (const auto& [type, text] : update.event_schemas) {
    const auto schema = SchemaOf(type, text, before);
    // The registry takes none that does not compile: this is one of a newer version.
    if (!schema)
      log::Error("event_schema.unknown", {{"event_type", type}, {"error", schema.error().message}});
    rights->event_types[type] = schema ? *schema : nullptr;
  }
  rights->refuse_broken = refuse_broken;
  return rights;
}

}  // namespace

// Members are destroyed from the last to the first: the server before what it serves, and the producer, which
// then fails what is unacknowledged, before the publisher that hears of it.
struct Ingest::Parts {
  metrics::Registry registry;
  runtime::Health health;
  IngestMetrics metrics{registry};
  PublishRightsCopy rights;
  std::chrono::milliseconds drain_timeout{};
  std::unique_ptr<trace::OtlpExporter> traces;  // null: off
  std::unique_ptr<http::Server> admin;
  std::unique_ptr<KafkaEventLog> event_log;
  std::unique_ptr<Publisher> publisher;
  std::unique_ptr<kafka::Producer> producer;
  std::unique_ptr<IngestService> service;
  std::unique_ptr<rpc::PublisherWatch> watch;
  std::unique_ptr<rpc::Server> server;
  std::unique_ptr<runtime::EventLoop> timer;

  Status Start(const Config& config);
  Status StartProducer(const Config& config);
  void StartTimers();
};

Status Ingest::Parts::Start(const Config& config) {
  drain_timeout = config.drain_timeout;
  health.Require("registry");
  health.Require("kafka");
  auto admin_server = http::StartAdminServer(config.admin_addr, "event-ingest", health, registry);
  if (!admin_server) return admin_server.error();
  admin = std::move(*admin_server);
  log::Info("listening", {{"name", "admin"}, {"addr", admin->address()}});
  auto exporter = trace::OtlpExporter::Start(config.traces, "event-ingest", registry);
  if (!exporter) return exporter.error();
  traces = std::move(*exporter);
  if (Status started = StartProducer(config); !started) return started;
  auto identity = rpc::Identity::Load(config.tls, &registry);
  if (!identity) return identity.error();

  service = std::make_unique<IngestService>(
      PublishCalls::Parts{rights, *publisher, metrics, config.api_key_pepper, config.max_events_per_second,
                          traces ? &traces->tracing() : nullptr});
  watch = std::make_unique<rpc::PublisherWatch>(
      rpc::RegistryOptions{config.registry_addr, config.internal_token, *identity, "event-ingest",
                           runtime::InstanceName()},
      [this, refuse = config.schema_check == "reject"](const rpc::PublisherWatch::Update& update) {
        metrics.config_revision.Set(static_cast<double>(update.revision));
        rights.Replace(ToPublishRights(update, rights.Get().get(), refuse));
        service->CheckStreams();
        // Keys that were once received serve on while the registry is away: readiness does not fall again.
        health.SetUp("registry", true);
      },
      [this](bool connected) { metrics.registry_up.Set(connected ? 1 : 0); });

  rpc::ServerOptions options;
  options.address = config.grpc_addr;
  options.identity = *identity;
  options.reflection = config.grpc_reflection;
  options.max_connection_age = config.grpc_max_connection_age;
  options.metrics = &registry;
  auto started = rpc::Server::Start(options, {rpc::Offer<v1::EventIngestService>(service.get())});
  if (!started) return started.error();
  server = std::move(*started);
  log::Info("listening", {{"name", "grpc"}, {"addr", server->address()}});
  StartTimers();
  return Ok();
}

Status Ingest::Parts::StartProducer(const Config& config) {
  kafka::ProducerOptions options;
  options.cluster = kafka::Counted(config.kafka, registry);
  options.client_id = "event-ingest";
  options.message_timeout = kMessageTimeout;
  options.linger = kLinger;
  auto made = kafka::AdaptiveProducer::Create(options);
  if (!made) return made.error();
  producer = std::move(*made);
  event_log = std::make_unique<KafkaEventLog>(*producer);
  Publisher::Limits limits;
  limits.max_events = static_cast<std::size_t>(config.max_in_flight);
  publisher = std::make_unique<Publisher>(*event_log, limits);
  return Ok();
}

void Ingest::Parts::StartTimers() {
  timer = std::make_unique<runtime::EventLoop>("timer");
  timer->Every(kExpire, [this] { publisher->Expire(runtime::ReadClock().mono); });
  timer->Every(kLook, [this] {
    const bool connected = producer->connected();
    health.SetUp("kafka", connected, "no broker answers");
    metrics.kafka_up.Set(connected ? 1 : 0);
    metrics.in_flight.Set(static_cast<double>(publisher->in_flight()));
    metrics.publish_used.Set(publisher->used());
    metrics.producer_used.Set(producer->used());
    metrics.config_lag.Set(std::chrono::duration<double>(watch->silence()).count());
    server->SetServing(health.ready());
  });
}

Ingest::Ingest(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Ingest::~Ingest() = default;

Result<std::unique_ptr<Ingest>> Ingest::Start(const Config& config) {
  auto parts = std::make_unique<Parts>();
  const Status started = parts->Start(config);
  std::unique_ptr<Ingest> ingest(new Ingest(std::move(parts)));
  if (!started) return started.error();
  return ingest;
}

void Ingest::Drain() {
  log::Info("drain.started");
  parts_->health.BeginDrain();
  parts_->server->SetServing(false);
  parts_->service->EndStreams();
  parts_->server->Stop(parts_->drain_timeout);
  const bool flushed = parts_->producer->Flush(parts_->drain_timeout);
  parts_->timer->Stop();
  if (parts_->traces) parts_->traces->Drain(parts_->drain_timeout);
  log::Info("drain.finished", {{"flushed", flushed}});
}

}  // namespace webhook
