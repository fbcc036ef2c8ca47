#pragma once

#include <atomic>

#include "core/secret.h"
#include "postgres/database.h"
#include "services/registry/api/grpc/config_feed.h"
#include "services/registry/api/grpc/presence.h"
#include "services/registry/store/config_reader.h"
#include "webhook/v1/watch.grpc.pb.h"

namespace webhook {

// Streams configuration to workers and event-ingest (proto/webhook/v1/watch.proto). Each stream holds one
// thread of the gRPC server; at most kMaxStreams are served.
class WatchService final : public v1::WebhookWatchService::Service {
 public:
  static constexpr int kMaxStreams = 200;

  // The database (of all accounts) outlives this.
  WatchService(postgres::Database& database, store::ConfigReader& reader, ConfigFeed& feed,
               Secret internal_token)
      : database_(database), reader_(reader), feed_(feed), internal_token_(std::move(internal_token)) {}

  grpc::Status WatchWebhooks(grpc::ServerContext* context, const v1::WatchWebhooksRequest* request,
                             grpc::ServerWriter<v1::WatchWebhooksResponse>* writer) override;
  grpc::Status WatchPublishers(grpc::ServerContext* context, const v1::WatchPublishersRequest* request,
                               grpc::ServerWriter<v1::WatchPublishersResponse>* writer) override;
  grpc::Status GetRevision(grpc::ServerContext* context, const v1::GetRevisionRequest* request,
                           v1::GetRevisionResponse* response) override;

 private:
  // Sends all webhooks; sets `revision` to what the receiver then holds. False: the receiver has gone.
  Result<bool> SendSnapshot(grpc::ServerWriter<v1::WatchWebhooksResponse>* writer, std::int64_t* revision);
  Result<bool> SendChanges(grpc::ServerWriter<v1::WatchWebhooksResponse>* writer, std::int64_t* revision);
  Result<bool> SendPublishers(grpc::ServerWriter<v1::WatchPublishersResponse>* writer,
                              std::int64_t* revision);

  // What follows the snapshot, until the receiver goes or we end. False: the receiver has gone.
  bool StreamChanges(grpc::ServerContext* context, grpc::ServerWriter<v1::WatchWebhooksResponse>* writer,
                     std::int64_t revision, Presence* presence);
  bool StreamPublishers(grpc::ServerContext* context, grpc::ServerWriter<v1::WatchPublishersResponse>* writer,
                        std::int64_t revision, Presence* presence);

  postgres::Database& database_;
  store::ConfigReader& reader_;
  ConfigFeed& feed_;
  const Secret internal_token_;
  std::atomic<int> streams_{0};
};

}  // namespace webhook
