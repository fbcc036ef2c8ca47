#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/registry/store/tx.h"

namespace webhook::store {

struct EventType {
  std::string name;  // "user.created"
  std::string description;
  std::string sample;  // a JSON object: the data of an event of this type
};

// The catalogue of event types, by name.
std::vector<EventType> ListEventTypes(Tx& tx);

}  // namespace webhook::store
