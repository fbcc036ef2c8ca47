#pragma once

#include "services/event-ingest/api/publish_calls.h"
#include "services/event-ingest/api/publish_stream.h"
#include "webhook/v1/ingest.grpc.pb.h"

namespace webhook {

// EventIngestService: each event is answered on the broker's acknowledgement.
class IngestService final : public v1::EventIngestService::CallbackService {
 public:
  // All outlive the service.
  explicit IngestService(PublishCalls::Parts parts) : calls_(std::move(parts)) {}

  grpc::ServerUnaryReactor* PublishEvent(grpc::CallbackServerContext* context,
                                         const v1::PublishEventRequest* request,
                                         v1::PublishEventResponse* response) override;
  grpc::ServerUnaryReactor* PublishEventBatch(grpc::CallbackServerContext* context,
                                              const v1::PublishEventBatchRequest* request,
                                              v1::PublishEventBatchResponse* response) override;
  grpc::ServerBidiReactor<v1::PublishEventStreamRequest, v1::PublishEventStreamResponse>* PublishEventStream(
      grpc::CallbackServerContext* context) override;

  // Ends the open streams, each once what it has read is answered; those whose key was revoked.
  void EndStreams() { streams_.EndAll(); }
  void CheckStreams() { streams_.CheckKeys(); }

 private:
  const PublishCalls calls_;
  OpenStreams streams_;
};

}  // namespace webhook
