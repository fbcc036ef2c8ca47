#pragma once

#include <optional>
#include <string>

#include "core/result.h"
#include "core/time.h"
#include "services/registry/api/operations/call.h"
#include "services/registry/api/operations/call_places.h"

namespace webhook {

// Where events are published: event-ingest.
class PublishPort {
 public:
  struct Event {
    std::string id;  // empty: to be made
    std::string account_id;
    std::string type;
    std::string data;  // JSON, as its publisher wrote it
    std::optional<WallTime> occurred_at;
    std::string traceparent;  // the caller's, well formed or not
    std::string tracestate;
  };
  struct Published {
    std::string id;
    bool duplicate = false;
  };

  virtual ~PublishPort() = default;
  // OK means that the broker has acknowledged it. `authorization`: the caller's own, "Bearer whk_…". Blocks,
  // 10 s at most; from any thread. Errors as event-ingest's, with pointers into the operation's body.
  virtual Result<Published> Publish(const Event& event, const std::string& authorization) = 0;
};

// POST /v2/events of openapi/events.yaml.
class PublishHandlers {
 public:
  // Null: kUnavailable "no_ingest". Outlives the handlers. While event-ingest hangs, a few calls wait for it,
  // and others are refused at once (kUnavailable "ingest_slow").
  explicit PublishHandlers(PublishPort* port);
  void AddTo(Handlers* handlers);

 private:
  Result<Reply> Publish(const Call& call) const;

  PublishPort* const port_;
  mutable CallPlaces waiting_;
};

}  // namespace webhook
