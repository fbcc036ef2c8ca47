#include "schema/internal/schema_form.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/nearest_name.h"
#include "schema/event_schema.h"

namespace webhook {
namespace {

using nlohmann::json;

enum class Holds { kValue, kSchema, kSchemas, kNamedSchemas, kReference, kDialect };

constexpr char kDialect[] = "https://json-schema.org/draft/2020-12/schema";
constexpr std::string_view kDefinitions = "#/$defs/";

const std::map<std::string, Holds>& Keywords() {
  static const std::map<std::string, Holds> keywords = [] {
    std::map<std::string, Holds> all = {{"$ref", Holds::kReference}, {"$schema", Holds::kDialect}};
    for (const char* name : {"type",          "enum",
                             "const",         "multipleOf",
                             "maximum",       "exclusiveMaximum",
                             "minimum",       "exclusiveMinimum",
                             "maxLength",     "minLength",
                             "maxItems",      "minItems",
                             "maxContains",   "minContains",
                             "maxProperties", "minProperties",
                             "required",      "dependentRequired",
                             "title",         "description",
                             "default",       "examples",
                             "deprecated",    "readOnly",
                             "writeOnly",     "format",
                             "$comment"})
      all[name] = Holds::kValue;
    for (const char* name : {"items", "contains", "additionalProperties", "propertyNames", "not", "if",
                             "then", "else", "unevaluatedItems", "unevaluatedProperties"})
      all[name] = Holds::kSchema;
    for (const char* name : {"allOf", "anyOf", "oneOf", "prefixItems"}) all[name] = Holds::kSchemas;
    for (const char* name : {"properties", "$defs", "dependentSchemas"}) all[name] = Holds::kNamedSchemas;
    return all;
  }();
  return keywords;
}

std::string Escaped(std::string name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '~') name.replace(i++, 1, "~0");
    if (name[i] == '/') name.replace(i++, 1, "~1");
  }
  return name;
}

// Walks a schema once, and what it refers to as often as that is.
class Walk {
 public:
  Walk(const json& root, std::string at) : root_(root), at_(std::move(at)) {}

  int VisitRoot() { return Visit(root_, at_); }
  // A definition is walked where it stands, and where it is referred to.
  std::vector<FieldViolation> Violations() const {
    std::vector<FieldViolation> all = violations_;
    const auto key = [](const FieldViolation& found) { return std::tie(found.pointer, found.code); };
    std::sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    all.erase(
        std::unique(all.begin(), all.end(), [&](const auto& a, const auto& b) { return key(a) == key(b); }),
        all.end());
    return all;
  }

 private:
  // How many subschemas there are, this one counted.
  int Visit(const json& schema, const std::string& at) {
    if (schema.is_boolean()) return 1;
    if (!schema.is_object()) return Refuse(at, "wrong_type", "must be a schema: an object, true or false");
    int count = 1;
    for (const auto& [name, value] : schema.items()) {
      count += VisitKeyword(name, value, at + "/" + Escaped(name));
      if (count > EventSchema::kMaxSubschemas) return count;
    }
    return count;
  }

  int Refuse(const std::string& at, const char* code, const std::string& why) {
    violations_.push_back({at, code, why});
    return 0;
  }

  int VisitKeyword(const std::string& name, const json& value, const std::string& at) {
    const auto known = Keywords().find(name);
    if (known == Keywords().end()) return RefuseKeyword(name, at);
    switch (known->second) {
      case Holds::kValue:
        return 0;
      case Holds::kSchema:
        return Visit(value, at);
      case Holds::kSchemas:
        return VisitAll(value, at, value.is_array(), "must be an array of schemas");
      case Holds::kNamedSchemas:
        return VisitAll(value, at, value.is_object(), "must be an object of schemas");
      case Holds::kReference:
        return Follow(value, at);
      case Holds::kDialect:
        return value == kDialect ? 0 : Refuse(at, "unknown_value", std::string("must be ") + kDialect);
    }
    return 0;
  }

  int VisitAll(const json& schemas, const std::string& at, bool right, const char* why) {
    if (!right) return Refuse(at, "wrong_type", why);
    int count = 0;
    for (const auto& [name, schema] : schemas.items()) {
      count += Visit(schema, at + "/" + Escaped(name));
      if (count > EventSchema::kMaxSubschemas) break;
    }
    return count;
  }

  int RefuseKeyword(const std::string& name, const std::string& at) {
    if (name == "pattern" || name == "patternProperties")
      return Refuse(at, "unsupported_keyword",
                    "regular expressions are not supported: their cost has no bound");
    if (name == "uniqueItems")
      return Refuse(at, "unsupported_keyword", "is not supported: it compares each item with each other one");
    if (name == "$id" || name == "$anchor" || name == "$dynamicRef" || name == "$dynamicAnchor")
      return Refuse(at, "unsupported_keyword", "refer to subschemas by \"$ref\": \"#/$defs/NAME\"");
    std::vector<std::string> names;
    for (const auto& [known, holds] : Keywords()) names.push_back(known);
    const std::string near = NearestName(name, names);
    return Refuse(
        at, "unknown_keyword",
        "is no keyword of JSON Schema 2020-12" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
  }

  int Follow(const json& reference, const std::string& at) {
    if (!reference.is_string()) return Refuse(at, "wrong_type", "must be a string");
    const std::string target = reference.get<std::string>();
    const auto definitions = root_.find("$defs");
    const std::string name = target.starts_with(kDefinitions) ? target.substr(kDefinitions.size()) : "";
    // As a pointer it would lead into the definition, and perhaps back to where it stands.
    const bool plain = !name.empty() && name.find_first_of("/~%") == std::string::npos;
    if (!plain || definitions == root_.end() || !definitions->is_object() || !definitions->contains(name))
      return Refuse(at, "bad_reference", "must be #/$defs/NAME of the schema itself");
    const auto [found, fresh] = counts_.try_emplace(name, kOpen);
    if (!fresh && found->second == kOpen)
      return Refuse(at, "circular_reference",
                    "leads back to itself; schemas without an end are not supported");
    if (fresh) counts_[name] = Visit((*definitions)[name], at_ + "/$defs/" + Escaped(name));
    return counts_[name];
  }

  static constexpr int kOpen = -1;
  const json& root_;
  const std::string at_;
  std::vector<FieldViolation> violations_;
  std::map<std::string, int> counts_;  // of definitions; kOpen: being counted
};

}  // namespace

std::vector<FieldViolation> CheckSchemaForm(const json& schema, const std::string& at) {
  if (!schema.is_object()) return {{at, "wrong_type", "must be an object"}};
  Walk walk(schema, at);
  const int subschemas = walk.VisitRoot();
  auto violations = walk.Violations();
  if (subschemas > EventSchema::kMaxSubschemas && violations.empty())
    violations.push_back(
        {at, "too_large", "has more than " + std::to_string(EventSchema::kMaxSubschemas) + " subschemas"});
  return violations;
}

}  // namespace webhook
