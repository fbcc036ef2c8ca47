#include "services/registry/store/event_types.h"

#include <pqxx/pqxx>

namespace webhook::store {

Result<std::vector<EventType>> EventTypeStore::List() {
  return database_.Transact<std::vector<EventType>>(
      "list event types", [](pqxx::dbtransaction& transaction) -> Result<std::vector<EventType>> {
        std::vector<EventType> types;
        for (const auto& row :
             transaction.exec("SELECT name, description, sample FROM event_types ORDER BY name"))
          types.push_back({row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>()});
        return types;
      });
}

}  // namespace webhook::store
