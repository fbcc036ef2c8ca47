#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/guarded.h"
#include "core/result.h"
#include "core/secret.h"
#include "core/time.h"
#include "services/event-ingest/api/ingest_metrics.h"
#include "services/event-ingest/publish/event_budget.h"
#include "services/event-ingest/publish/make_event.h"
#include "services/event-ingest/publish/publish_rights.h"
#include "services/event-ingest/publish/publisher.h"
#include "trace/span.h"
#include "webhook/v1/ingest.grpc.pb.h"

namespace webhook {

// What every way of publishing has in common: authentication, making the event, publishing it, counting. From
// any thread.
class PublishCalls {
 public:
  // All outlive it.
  struct Parts {
    const PublishRightsCopy& rights;
    Publisher& publisher;
    const IngestMetrics& metrics;
    Secret api_key_pepper;
    std::int64_t max_events_per_second = 0;   // of one account; 0: no limit
    const trace::Tracing* tracing = nullptr;  // null: no spans
  };
  explicit PublishCalls(Parts parts)
      : parts_(std::move(parts)), budget_(EventBudget(parts_.max_events_per_second)) {}

  struct Call {
    std::shared_ptr<const PublishRights> rights;
    Now started;
    MonoTime deadline{};      // the client's, less the way back; 10 s at most
    std::string traceparent;  // as the caller sent them, well formed or not
    std::string tracestate;
  };
  // The caller's key against the newest rights. kUnauthenticated, or kUnavailable before any have come.
  Result<Call> Authenticate(const grpc::CallbackServerContext& context) const;

  struct Published {
    std::string event_id;
    Publisher::Answer answer;

    void WriteTo(v1::PublishEventResult* result) const;
  };
  // `at`: where the event stands in the request, "event" or "events[3]". `done` is called exactly once, here
  // or on another thread, by the call's deadline.
  void Publish(const Call& call, const v1::Event& event, const std::string& at,
               std::function<void(Published)> done) const;

 private:
  // Null where its trace is not sampled, or nothing is.
  std::shared_ptr<trace::Span> BeginSpan(const Event& event) const;

  const Parts parts_;
  Guarded<EventBudget> budget_;
};

constexpr int kMaxEventsAtOnce = 1'000;  // in one message

}  // namespace webhook
