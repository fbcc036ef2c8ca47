#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace webhook {

// Checks values against the schemas of the API document: of JSON Schema 2020-12 the part that the document
// uses. Of the formats date-time and event-id are checked; endpoint-url, event-type, event-pattern,
// header-name, header-value and signing-secret by the handlers, text by the server.
class SchemaCheck {
 public:
  // `document`: what "#/components/…" of a $ref leads into; outlives the check.
  explicit SchemaCheck(const nlohmann::json& document) : document_(document) {}

  // Notes everything that is wrong with the value. `at`: its JSON pointer.
  void Check(const nlohmann::json& schema, const nlohmann::json& value, const std::string& at,
             std::vector<FieldViolation>* violations) const;

  // The schema itself, or where it is a $ref, what that leads to.
  const nlohmann::json& Resolve(const nlohmann::json& schema) const;

  // Keywords and formats anywhere in the schema that nobody would heed: none may be, or the document would
  // promise what is not checked.
  std::vector<std::string> UnknownKeywords(const nlohmann::json& schema) const;

 private:
  void CheckText(const nlohmann::json& schema, const std::string& text, const std::string& at,
                 std::vector<FieldViolation>* violations) const;
  void CheckList(const nlohmann::json& schema, const nlohmann::json& list, const std::string& at,
                 std::vector<FieldViolation>* violations) const;
  void CheckObject(const nlohmann::json& schema, const nlohmann::json& object, const std::string& at,
                   std::vector<FieldViolation>* violations) const;

  const nlohmann::json& document_;
};

}  // namespace webhook
