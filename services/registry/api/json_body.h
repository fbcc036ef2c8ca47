#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace webhook {

inline constexpr char kBadJson[] = "bad_json";

// A request's body as one JSON object: UTF-8, depth at most 64, no key twice. kInvalid with reason kBadJson,
// which REST shows as 400.
Result<nlohmann::json> ParseBody(std::string_view body);

// Reads the members of an object and notes everything that is wrong with them. `at`: JSON pointer of the
// object.
class ObjectReader {
 public:
  ObjectReader(const nlohmann::json& object, std::string at, std::vector<FieldViolation>* violations)
      : object_(object), at_(std::move(at)), violations_(violations) {}

  // nullopt: absent, or wrong and noted. Null is wrong: no member may be unset by it (docs/contract.md, point
  // 1).
  std::optional<std::string> Text(const std::string& name);
  std::optional<bool> Flag(const std::string& name);
  std::optional<int> Integer(const std::string& name);
  std::optional<std::vector<std::string>> Texts(const std::string& name);
  std::optional<std::vector<int>> Integers(const std::string& name);
  // The member itself, of any type but null; null pointer: absent, or null and noted.
  const nlohmann::json* Member(const std::string& name);
  bool Has(const std::string& name) const { return object_.contains(name); }

  void Note(const std::string& name, const std::string& code, const std::string& detail);
  // Notes that a member is missing.
  void Require(const std::string& name);
  // Notes the first twenty members that no call has asked for, with the nearest known name.
  void RefuseUnknown();

 private:
  void NoteType(const std::string& name, const std::string& wanted);

  const nlohmann::json& object_;
  const std::string at_;
  std::vector<FieldViolation>* const violations_;
  std::vector<std::string> known_;
};

}  // namespace webhook
