#include "services/registry/api/operations/ingest_publisher.h"

#include <google/protobuf/util/time_util.h>
#include <grpcpp/grpcpp.h>

#include <array>
#include <utility>

#include "domain/trace_context.h"
#include "rpc/error_map.h"
#include "rpc/server.h"
#include "runtime/clock.h"
#include "webhook/v1/ingest.grpc.pb.h"

namespace webhook {
namespace {

using google::protobuf::util::TimeUtil;

constexpr std::chrono::seconds kDeadline{10};
// Its pointers, and what they are called in our body.
constexpr std::array<std::pair<const char*, const char*>, 5> kPointers = {
    {{"event.event_id", "/id"},
     {"event.account_id", "/account_id"},
     {"event.event_type", "/event"},
     {"event.data", "/data"},
     {"event.occurred_at", "/occurred_at"}}};

Error ToOurs(Error error) {
  for (FieldViolation& violation : error.violations) {
    for (const auto& [theirs, ours] : kPointers) {
      // What follows leads into the data.
      if (violation.pointer.starts_with(theirs))
        violation.pointer.replace(0, std::string_view(theirs).size(), ours);
    }
  }
  return error;
}

// What is not well formed would end the call.
void AddTraceContext(const PublishPort::Event& event, grpc::ClientContext* context) {
  const auto parsed = ParseTraceparent(event.traceparent);
  if (!parsed) return;
  context->AddMetadata("traceparent", FormatTraceparent(*parsed));
  if (IsTracestate(event.tracestate)) context->AddMetadata("tracestate", event.tracestate);
}

}  // namespace

struct IngestPublisher::State {
  std::unique_ptr<v1::EventIngestService::Stub> stub;
};

IngestPublisher::IngestPublisher(const std::string& address, const rpc::Identity& identity)
    : state_(std::make_unique<State>()) {
  state_->stub = v1::EventIngestService::NewStub(rpc::MakeChannel(address, identity));
}

IngestPublisher::~IngestPublisher() = default;

Result<PublishPort::Published> IngestPublisher::Publish(const Event& event,
                                                        const std::string& authorization) {
  v1::PublishEventRequest request;
  v1::Event& told = *request.mutable_event();
  told.set_event_id(event.id);
  told.set_account_id(event.account_id);
  told.set_event_type(event.type);
  told.set_data(event.data);
  if (event.occurred_at)
    *told.mutable_occurred_at() =
        TimeUtil::MicrosecondsToTimestamp(event.occurred_at->time_since_epoch().count());
  grpc::ClientContext context;
  context.AddMetadata("authorization", authorization);
  AddTraceContext(event, &context);
  context.set_deadline(
      std::chrono::system_clock::time_point(runtime::ReadClock().wall.time_since_epoch() + kDeadline));
  v1::PublishEventResponse response;
  const grpc::Status status = state_->stub->PublishEvent(&context, request, &response);
  if (!status.ok()) return ToOurs(rpc::FromGrpc(status));
  return Published{response.event_id(), response.duplicate()};
}

}  // namespace webhook
