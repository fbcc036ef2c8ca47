#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "postgres/database.h"

namespace webhook::store {

struct EventType {
  std::string name;  // "user.created"
  std::string description;
  std::string sample;  // a JSON object: the data of an event of this type
};

// The catalogue of event types. From any thread; blocks; errors as postgres::Database says.
class EventTypeStore {
 public:
  explicit EventTypeStore(postgres::Database& database) : database_(database) {}

  Result<std::vector<EventType>> List();

 private:
  postgres::Database& database_;
};

}  // namespace webhook::store
