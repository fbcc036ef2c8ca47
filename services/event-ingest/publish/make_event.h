#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "domain/event.h"
#include "services/event-ingest/publish/publish_rights.h"

namespace webhook {

// An event as its publisher gave it.
struct PublishInput {
  std::string_view event_id;  // empty: to be made
  std::string_view account_id;
  std::string_view event_type;
  std::string_view data;
  struct Time {
    std::int64_t seconds = 0;
    std::int32_t nanos = 0;
  };
  std::optional<Time> occurred_at;  // nullopt: now
  std::string_view traceparent;     // left out where it is not well formed
  std::string_view tracestate;      // likewise, and without a traceparent
};

struct MadeEvent {
  Event event;
  int kept_numbers = 0;        // numbers that a double cannot carry (canonical_json.h)
  bool breaks_schema = false;  // its data is not as its type's schema says, and that is only told
};

// The event with its final body, or every violation. `at`: where the event stands in the request, "event" or
// "events[3]". `random`: for an id of ours. Pure.
Result<MadeEvent> MakeEvent(const PublishInput& input, const PublishRights& rights, const std::string& at,
                            WallTime now, const Bytes16& random);

}  // namespace webhook
