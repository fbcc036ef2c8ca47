#include "services/registry/store/event_types.h"

#include <pqxx/pqxx>

namespace webhook::store {

std::vector<EventType> ListEventTypes(Tx& tx) {
  std::vector<EventType> types;
  for (const auto& row : tx.exec("SELECT name, description, sample FROM event_types ORDER BY name"))
    types.push_back({row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>()});
  return types;
}

}  // namespace webhook::store
