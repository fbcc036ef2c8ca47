#include "services/registry/api/grpc/watch_service.h"

#include <google/protobuf/util/time_util.h>

#include "core/encoding.h"
#include "log/log.h"
#include "rpc/error_map.h"
#include "rpc/server.h"
#include "rpc/webhook_config.h"
#include "runtime/clock.h"
#include "services/registry/api/grpc/authenticate.h"

namespace webhook {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int kPage = 500;
constexpr std::size_t kMaxName = 128;
constexpr std::chrono::milliseconds kHeartbeat{2'000};
constexpr std::chrono::milliseconds kPause{500};  // while the database is away

class Place {
 public:
  explicit Place(std::atomic<int>& streams)
      : streams_(streams), taken_(streams.fetch_add(1) < WatchService::kMaxStreams) {}
  ~Place() { streams_.fetch_sub(1); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool taken() const { return taken_; }

 private:
  std::atomic<int>& streams_;
  const bool taken_;
};

grpc::Status TooMany() {
  return rpc::ToGrpc({ErrorCode::kLimited, "too_many_watches", "too many watches are open"});
}

void Add(const store::ConfigPart& part, v1::WatchWebhooksResponse* message) {
  for (const Webhook& webhook : part.webhooks) rpc::ToProto(webhook, message->add_webhooks());
  for (const WebhookId& id : part.deleted) message->add_deleted_webhook_ids(id.str());
}

// `service`: of one that does not say who it is.
store::Instance ToInstance(const v1::Instance& told, const char* service,
                           const grpc::ServerContext& context) {
  if (told.instance().empty()) return {service, rpc::RemoteAddress(context), "", std::nullopt, {}};
  const WallTime started(std::chrono::microseconds(TimeUtil::TimestampToMicroseconds(told.started_at())));
  return {ClipUtf8(told.service(), kMaxName),
          ClipUtf8(told.instance(), kMaxName),
          ClipUtf8(told.version(), kMaxName),
          started,
          {}};
}

}  // namespace

grpc::Status WatchService::WatchWebhooks(grpc::ServerContext* context,
                                         const v1::WatchWebhooksRequest* request,
                                         grpc::ServerWriter<v1::WatchWebhooksResponse>* writer) {
  if (Status known = CheckInternalToken(*context, internal_token_); !known) return rpc::ToGrpc(known.error());
  const Place place(streams_);
  if (!place.taken()) return TooMany();
  const auto newest = reader_.Revision();
  if (!newest) return rpc::ToGrpc(newest.error());
  std::int64_t revision = request->from_revision();
  // A receiver that is ahead has seen another database: it starts anew.
  if (revision <= 0 || revision > *newest) {
    const auto sent = SendSnapshot(writer, &revision);
    if (!sent) return rpc::ToGrpc(sent.error());
  }
  Presence presence(database_, ToInstance(request->instance(), "delivery-worker", *context));
  if (!StreamChanges(context, writer, revision, &presence)) presence.Leave();
  return grpc::Status::OK;
}

bool WatchService::StreamChanges(grpc::ServerContext* context,
                                 grpc::ServerWriter<v1::WatchWebhooksResponse>* writer, std::int64_t revision,
                                 Presence* presence) {
  while (!context->IsCancelled() && !feed_.stopped()) {
    presence->Keep(runtime::ReadClock().mono);
    feed_.WaitBeyond(revision, kHeartbeat);
    const auto sent = SendChanges(writer, &revision);
    if (!sent) {
      // The database is away: nothing can have changed, and the stream shows that we live.
      if (sent.error().code == ErrorCode::kInternal)
        log::Error("watch.failed", {{"error", sent.error().message}});
      v1::WatchWebhooksResponse heartbeat;
      heartbeat.set_revision(revision);
      if (!writer->Write(heartbeat)) return false;
      feed_.Pause(kPause);
    } else if (!*sent) {
      return false;
    }
  }
  return !context->IsCancelled();
}

Result<bool> WatchService::SendSnapshot(grpc::ServerWriter<v1::WatchWebhooksResponse>* writer,
                                        std::int64_t* revision) {
  WebhookId last;
  bool first = true;
  for (;;) {
    const auto part = reader_.Page(last, kPage);
    if (!part) return part.error();
    v1::WatchWebhooksResponse message;
    if (first) *revision = part->revision;
    message.set_revision(*revision);
    message.set_snapshot(true);
    message.set_snapshot_start(std::exchange(first, false));
    const bool complete = part->webhooks.size() < static_cast<std::size_t>(kPage);
    message.set_snapshot_complete(complete);
    Add(*part, &message);
    if (!writer->Write(message)) return false;
    if (complete) return true;
    last = part->webhooks.back().id;
  }
}

Result<bool> WatchService::SendChanges(grpc::ServerWriter<v1::WatchWebhooksResponse>* writer,
                                       std::int64_t* revision) {
  const auto part = reader_.Changes(*revision, kPage);
  if (!part) return part.error();
  // Restored from a backup: what the receiver holds may never have been.
  if (part->revision < *revision || part->too_old) return SendSnapshot(writer, revision);
  v1::WatchWebhooksResponse message;
  *revision = part->revision;
  message.set_revision(*revision);
  Add(*part, &message);
  return writer->Write(message);
}

grpc::Status WatchService::WatchPublishers(grpc::ServerContext* context,
                                           const v1::WatchPublishersRequest* request,
                                           grpc::ServerWriter<v1::WatchPublishersResponse>* writer) {
  if (Status known = CheckInternalToken(*context, internal_token_); !known) return rpc::ToGrpc(known.error());
  const Place place(streams_);
  if (!place.taken()) return TooMany();
  std::int64_t revision = 0;
  if (const auto sent = SendPublishers(writer, &revision); !sent) return rpc::ToGrpc(sent.error());
  Presence presence(database_, ToInstance(request->instance(), "event-ingest", *context));
  if (!StreamPublishers(context, writer, revision, &presence)) presence.Leave();
  return grpc::Status::OK;
}

bool WatchService::StreamPublishers(grpc::ServerContext* context,
                                    grpc::ServerWriter<v1::WatchPublishersResponse>* writer,
                                    std::int64_t revision, Presence* presence) {
  while (!context->IsCancelled() && !feed_.stopped()) {
    presence->Keep(runtime::ReadClock().mono);
    feed_.WaitBeyond(revision, kHeartbeat);
    const auto part = reader_.Changes(revision, kPage);
    if (part && (part->publishers_changed || part->too_old || part->revision < revision)) {
      const auto sent = SendPublishers(writer, &revision);
      if (sent && !*sent) return false;
      if (sent) continue;
    }
    if (part && !part->publishers_changed && !part->too_old) revision = part->revision;
    v1::WatchPublishersResponse heartbeat;
    heartbeat.set_revision(revision);
    if (!writer->Write(heartbeat)) return false;
    if (!part) feed_.Pause(kPause);
  }
  return !context->IsCancelled();
}

Result<bool> WatchService::SendPublishers(grpc::ServerWriter<v1::WatchPublishersResponse>* writer,
                                          std::int64_t* revision) {
  const auto publishers = reader_.ReadPublishers();
  if (!publishers) return publishers.error();
  v1::WatchPublishersResponse message;
  *revision = publishers->revision;
  message.set_revision(*revision);
  message.set_snapshot(true);
  for (const auto& key : publishers->keys) {
    auto* told = message.add_keys();
    told->set_key_id(key.id.str());
    told->set_key_hmac(key.hmac);
    if (key.expires_at)
      *told->mutable_expires_at() =
          TimeUtil::MicrosecondsToTimestamp(key.expires_at->time_since_epoch().count());
  }
  for (const std::string& id : publishers->account_ids) message.add_account_ids(id);
  for (const std::string& name : publishers->event_types) message.add_event_types(name);
  for (const auto& [name, schema] : publishers->event_schemas)
    (*message.mutable_event_schemas())[name] = schema;
  return writer->Write(message);
}

grpc::Status WatchService::GetRevision(grpc::ServerContext* context, const v1::GetRevisionRequest*,
                                       v1::GetRevisionResponse* response) {
  if (Status known = CheckInternalToken(*context, internal_token_); !known) return rpc::ToGrpc(known.error());
  const auto revision = reader_.Revision();
  if (!revision) return rpc::ToGrpc(revision.error());
  response->set_revision(*revision);
  return grpc::Status::OK;
}

}  // namespace webhook
