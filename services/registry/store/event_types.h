#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

struct EventType {
  std::string name;  // "user.created"
  std::string description;
  std::string sample;                     // a JSON object: the data of an event of this type
  std::string schema = {};                // JSON Schema of that data; empty: none
  int version = 1;                        // counts its changes
  std::optional<WallTime> deprecated_at;  // nullopt: it is not
  WallTime updated_at{};
};

// The catalogue of event types, by name: all accounts'.
std::vector<EventType> ListEventTypes(Tx& tx);
// kNotFound "event_type_not_found".
Result<EventType> ReadEventType(Tx& tx, const std::string& name);
// Every version that it had, the newest first; its name may be free again.
std::vector<EventType> ListVersions(Tx& tx, const std::string& name, int limit);
// Makes it, or its next version; one that changes nothing makes none. Told to all watches. Takes of `wanted`
// name, description, sample and schema.
EventType PutEventType(Tx& tx, const EventType& wanted, bool deprecated);
// kNotFound as above. Told to all watches.
Status DeleteEventType(Tx& tx, const std::string& name);

}  // namespace webhook::store
