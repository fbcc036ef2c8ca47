#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "core/time.h"

// How the store's values stand in SQL: times as microseconds, lists and maps as JSON text.
namespace webhook::store {

inline WallTime ToTime(const pqxx::field& micros) {
  return WallTime(std::chrono::microseconds(micros.as<std::int64_t>()));
}
inline std::optional<WallTime> ToOptionalTime(const pqxx::field& micros) {
  return micros.is_null() ? std::nullopt : std::optional(ToTime(micros));
}
inline std::int64_t ToMicros(WallTime time) {
  return time.time_since_epoch().count();
}

// jsonb and text hold no U+0000.
inline std::string WithoutZeros(std::string text) {
  std::erase(text, '\0');
  return text;
}

std::string ToJson(const std::vector<std::string>& list);
std::string ToJson(const std::vector<int>& list);
std::string ToJson(const std::map<std::string, std::string>& map);
std::vector<std::string> ToStrings(const pqxx::field& json);
std::vector<int> ToInts(const pqxx::field& json);
std::map<std::string, std::string> ToMap(const pqxx::field& json);

// Counts one more revision of the configuration, notes what it changes, and tells all replicas when the
// transaction commits. Until then it holds the lock of the one row of config_revision: writes of
// configuration go one after the other, so that revisions become visible in their order. kind: "webhook" or
// "publisher".
std::int64_t NoteChange(pqxx::dbtransaction& transaction, const char* kind, const std::string& id);

}  // namespace webhook::store
