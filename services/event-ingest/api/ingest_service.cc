#include "services/event-ingest/api/ingest_service.h"

#include <atomic>
#include <memory>

#include "rpc/error_map.h"

namespace webhook {
namespace {

grpc::ServerUnaryReactor* Refuse(grpc::CallbackServerContext* context, const Error& error) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(rpc::ToGrpc(error));
  return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* IngestService::PublishEvent(grpc::CallbackServerContext* context,
                                                      const v1::PublishEventRequest* request,
                                                      v1::PublishEventResponse* response) {
  const auto call = calls_.Authenticate(*context);
  if (!call) return Refuse(context, call.error());
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  calls_.Publish(*call, request->event(), "event",
                 [reactor, response](const PublishCalls::Published& published) {
                   if (!published.answer.status)
                     return reactor->Finish(rpc::ToGrpc(published.answer.status.error()));
                   response->set_event_id(published.event_id);
                   response->set_duplicate(published.answer.duplicate);
                   reactor->Finish(grpc::Status::OK);
                 });
  return reactor;
}

grpc::ServerUnaryReactor* IngestService::PublishEventBatch(grpc::CallbackServerContext* context,
                                                           const v1::PublishEventBatchRequest* request,
                                                           v1::PublishEventBatchResponse* response) {
  const auto call = calls_.Authenticate(*context);
  if (!call) return Refuse(context, call.error());
  const int count = request->events_size();
  if (count < 1 || count > kMaxEventsAtOnce)
    return Refuse(context, InvalidError({{"events", "out_of_range", "a batch has 1 to 1000 events"}}));
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  for (int i = 0; i < count; ++i) response->add_results();
  // Each answer writes its own result; the last one ends the call.
  const auto open = std::make_shared<std::atomic<int>>(count);
  for (int i = 0; i < count; ++i) {
    v1::PublishEventResult* result = response->mutable_results(i);
    calls_.Publish(*call, request->events(i), "events[" + std::to_string(i) + "]",
                   [reactor, open, result](const PublishCalls::Published& published) {
                     published.WriteTo(result);
                     if (open->fetch_sub(1) == 1) reactor->Finish(grpc::Status::OK);
                   });
  }
  return reactor;
}

grpc::ServerBidiReactor<v1::PublishEventStreamRequest, v1::PublishEventStreamResponse>*
IngestService::PublishEventStream(grpc::CallbackServerContext* context) {
  return new PublishStream(calls_, streams_, *context);
}

}  // namespace webhook
