#pragma once

#include <memory>

#include "core/secret.h"
#include "services/event-ingest/api/ingest_metrics.h"
#include "services/event-ingest/publish/make_event.h"
#include "services/event-ingest/publish/publish_rights.h"
#include "services/event-ingest/publish/publisher.h"
#include "webhook/v1/ingest.grpc.pb.h"

namespace webhook {

// EventIngestService: authenticates, makes the event, publishes it, and answers on the broker's
// acknowledgement.
class IngestService final : public v1::EventIngestService::CallbackService {
 public:
  // All outlive the service.
  struct Parts {
    const PublishRightsCopy& rights;
    Publisher& publisher;
    const IngestMetrics& metrics;
    Secret api_key_pepper;
  };
  explicit IngestService(Parts parts) : parts_(std::move(parts)) {}

  grpc::ServerUnaryReactor* PublishEvent(grpc::CallbackServerContext* context,
                                         const v1::PublishEventRequest* request,
                                         v1::PublishEventResponse* response) override;
  grpc::ServerUnaryReactor* PublishEventBatch(grpc::CallbackServerContext* context,
                                              const v1::PublishEventBatchRequest* request,
                                              v1::PublishEventBatchResponse* response) override;

 private:
  struct Call {
    std::shared_ptr<const PublishRights> rights;
    Now started;
    MonoTime deadline{};
    std::string traceparent;
  };
  struct Published {
    std::string event_id;
    Publisher::Answer answer;
  };

  // The caller's key against the newest rights. kUnauthenticated, or kUnavailable before any have come.
  Result<Call> Authenticate(const grpc::CallbackServerContext& context) const;
  void Publish(const Call& call, const v1::Event& event, const std::string& at,
               std::function<void(Published)> done);
  void Count(const Publisher::Answer& answer) const;

  Parts parts_;
};

}  // namespace webhook
