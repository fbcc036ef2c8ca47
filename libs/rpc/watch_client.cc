#include "rpc/watch_client.h"

#include <google/protobuf/util/time_util.h>
#include <grpcpp/grpcpp.h>

#include "rpc/error_map.h"
#include "rpc/internal/stream_keeper.h"
#include "rpc/webhook_config.h"
#include "runtime/process.h"
#include "webhook/v1/admin.grpc.pb.h"
#include "webhook/v1/watch.grpc.pb.h"

namespace webhook::rpc {
namespace {

using google::protobuf::util::TimeUtil;

void SetDeadline(std::chrono::milliseconds deadline, grpc::ClientContext* context) {
  context->set_deadline(
      std::chrono::system_clock::time_point(runtime::ReadClock().wall.time_since_epoch() + deadline));
}

void Introduce(const RegistryOptions& options, v1::Instance* self) {
  self->set_service(options.service);
  self->set_instance(options.instance);
  self->set_version(WEBHOOK_VERSION);
  *self->mutable_started_at() =
      TimeUtil::MicrosecondsToTimestamp(runtime::ProcessStart().time_since_epoch().count());
}

}  // namespace

struct WebhookWatch::State {
  State(RegistryOptions options, std::function<void(Update)> update_callback,
        std::function<void(bool)> connected_callback)
      : on_update(std::move(update_callback)),
        keeper(std::move(options), "webhooks",
               {[this](grpc::Channel& channel, const RegistryOptions& self, grpc::ClientContext* context) {
                  return Open(channel, self, context);
                },
                [this](const v1::WatchWebhooksResponse& message) { OnMessage(message); },
                std::move(connected_callback)}) {}

  StreamKeeper<v1::WatchWebhooksResponse>::Reader Open(grpc::Channel& channel, const RegistryOptions& self,
                                                       grpc::ClientContext* context);
  void OnMessage(const v1::WatchWebhooksResponse& message);

  std::function<void(Update)> on_update;
  std::int64_t revision = 0;  // applied
  Update snapshot;            // as far as it has come
  StreamKeeper<v1::WatchWebhooksResponse> keeper;
};

StreamKeeper<v1::WatchWebhooksResponse>::Reader WebhookWatch::State::Open(grpc::Channel& channel,
                                                                          const RegistryOptions& self,
                                                                          grpc::ClientContext* context) {
  // The stub only lends the channel's method: the reader lives without it.
  const std::shared_ptr<grpc::ChannelInterface> borrowed(&channel, [](grpc::ChannelInterface*) {});
  v1::WatchWebhooksRequest request;
  request.set_from_revision(revision);
  Introduce(self, request.mutable_instance());
  snapshot = {};
  return v1::WebhookWatchService::NewStub(borrowed)->WatchWebhooks(context, request);
}

void WebhookWatch::State::OnMessage(const v1::WatchWebhooksResponse& message) {
  Update change;
  if (message.snapshot_start()) snapshot = {};
  Update& update = message.snapshot() ? snapshot : change;
  for (const v1::WebhookConfig& config : message.webhooks())
    update.webhooks.push_back(std::make_shared<const Webhook>(FromProto(config)));
  for (const std::string& id : message.deleted_webhook_ids()) update.deleted.emplace_back(id);
  if (message.snapshot() && !message.snapshot_complete()) return;
  update.replace_all = message.snapshot();
  update.revision = message.revision();
  revision = message.revision();
  on_update(std::move(update));
}

WebhookWatch::WebhookWatch(RegistryOptions options, std::function<void(Update)> on_update,
                           std::function<void(bool)> on_connected)
    : state_(std::make_unique<State>(std::move(options), std::move(on_update), std::move(on_connected))) {}
WebhookWatch::~WebhookWatch() = default;

std::chrono::microseconds WebhookWatch::silence() const {
  return state_->keeper.silence();
}

struct PublisherWatch::State {
  State(RegistryOptions options, std::function<void(Update)> update_callback,
        std::function<void(bool)> connected_callback)
      : on_update(std::move(update_callback)),
        keeper(std::move(options), "publishers",
               {[this](grpc::Channel& channel, const RegistryOptions& self, grpc::ClientContext* context) {
                  return Open(channel, self, context);
                },
                [this](const v1::WatchPublishersResponse& message) { OnMessage(message); },
                std::move(connected_callback)}) {}

  StreamKeeper<v1::WatchPublishersResponse>::Reader Open(grpc::Channel& channel, const RegistryOptions& self,
                                                         grpc::ClientContext* context) {
    const std::shared_ptr<grpc::ChannelInterface> borrowed(&channel, [](grpc::ChannelInterface*) {});
    v1::WatchPublishersRequest request;
    request.set_from_revision(revision);
    Introduce(self, request.mutable_instance());
    return v1::WebhookWatchService::NewStub(borrowed)->WatchPublishers(context, request);
  }

  void OnMessage(const v1::WatchPublishersResponse& message) {
    revision = message.revision();
    if (!message.snapshot()) return;
    Update update;
    update.revision = message.revision();
    for (const v1::PublisherKey& key : message.keys()) {
      Update::Key& told = update.keys.emplace_back();
      told.hmac = key.key_hmac();
      if (key.has_expires_at())
        told.expires_at =
            WallTime(std::chrono::microseconds(TimeUtil::TimestampToMicroseconds(key.expires_at())));
    }
    update.account_ids.assign(message.account_ids().begin(), message.account_ids().end());
    update.event_types.assign(message.event_types().begin(), message.event_types().end());
    update.event_schemas.insert(message.event_schemas().begin(), message.event_schemas().end());
    on_update(std::move(update));
  }

  std::function<void(Update)> on_update;
  std::int64_t revision = 0;
  StreamKeeper<v1::WatchPublishersResponse> keeper;
};

PublisherWatch::PublisherWatch(RegistryOptions options, std::function<void(Update)> on_update,
                               std::function<void(bool)> on_connected)
    : state_(std::make_unique<State>(std::move(options), std::move(on_update), std::move(on_connected))) {}
PublisherWatch::~PublisherWatch() = default;

std::chrono::microseconds PublisherWatch::silence() const {
  return state_->keeper.silence();
}

struct RegistryClient::State {
  RegistryOptions options;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::WebhookWatchService::Stub> watch;
  std::unique_ptr<v1::AdminService::Stub> admin;
};

RegistryClient::RegistryClient(const RegistryOptions& options) : state_(std::make_unique<State>()) {
  state_->options = options;
  state_->channel = MakeChannel(options.address, *options.identity);
  state_->watch = v1::WebhookWatchService::NewStub(state_->channel);
  state_->admin = v1::AdminService::NewStub(state_->channel);
}
RegistryClient::~RegistryClient() = default;

Result<std::int64_t> RegistryClient::GetRevision(std::chrono::milliseconds deadline) {
  grpc::ClientContext context;
  Authorize(state_->options, &context);
  SetDeadline(deadline, &context);
  v1::GetRevisionResponse response;
  const grpc::Status status = state_->watch->GetRevision(&context, {}, &response);
  if (!status.ok()) return FromGrpc(status);
  return response.revision();
}

Status RegistryClient::DeactivateWebhook(const WebhookId& webhook, const std::string& reason,
                                         std::int64_t seen_revision, std::chrono::milliseconds deadline) {
  grpc::ClientContext context;
  Authorize(state_->options, &context);
  SetDeadline(deadline, &context);
  v1::DeactivateWebhookRequest request;
  request.set_webhook_id(webhook.str());
  request.set_reason(reason);
  request.set_seen_revision(seen_revision);
  v1::DeactivateWebhookResponse response;
  const grpc::Status status = state_->admin->DeactivateWebhook(&context, request, &response);
  return status.ok() ? Ok() : Status(FromGrpc(status));
}

}  // namespace webhook::rpc
