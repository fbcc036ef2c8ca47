#include "services/registry/store/values.h"

#include <nlohmann/json.hpp>

namespace webhook::store {

using nlohmann::json;

std::string ToJson(const std::vector<std::string>& list) {
  return json(list).dump();
}
std::string ToJson(const std::vector<int>& list) {
  return json(list).dump();
}
std::string ToJson(const std::map<std::string, std::string>& map) {
  return json(map).dump();
}
std::vector<std::string> ToStrings(const pqxx::field& field) {
  return json::parse(field.as<std::string>()).get<std::vector<std::string>>();
}
std::vector<int> ToInts(const pqxx::field& field) {
  return json::parse(field.as<std::string>()).get<std::vector<int>>();
}
std::map<std::string, std::string> ToMap(const pqxx::field& field) {
  return json::parse(field.as<std::string>()).get<std::map<std::string, std::string>>();
}

std::int64_t NoteChange(pqxx::dbtransaction& transaction, const char* kind, const std::string& id) {
  const auto revision =
      transaction.exec1("UPDATE config_revision SET revision = revision + 1 RETURNING revision")[0]
          .as<std::int64_t>();
  transaction.exec_params0("INSERT INTO config_changes (revision, kind, id) VALUES ($1, $2, $3)", revision,
                           kind, id);
  transaction.exec0("NOTIFY webhook_config");
  return revision;
}

}  // namespace webhook::store
