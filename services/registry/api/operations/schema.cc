#include "services/registry/api/operations/schema.h"

#include <algorithm>
#include <optional>

#include "core/check.h"
#include "core/encoding.h"
#include "core/nearest_name.h"
#include "core/time.h"
#include "domain/ids.h"

namespace webhook {
namespace {

using nlohmann::json;
using Violations = std::vector<FieldViolation>;

constexpr int kMaxUnknown = 20;  // told of

// Of types as schemas name them.
bool HasType(const json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  // 1.0 is a whole number as well (JSON Schema 2020-12 section 4.2.3).
  if (value.is_number_float()) {
    const double number = value.get<double>();
    return number >= -9e15 && number <= 9e15 &&
           number == static_cast<double>(static_cast<std::int64_t>(number));
  }
  return value.is_number_integer();
}

std::vector<std::string> TypesOf(const json& schema) {
  const auto found = schema.find("type");
  if (found == schema.end()) return {};
  if (found->is_string()) return {found->get<std::string>()};
  return found->get<std::vector<std::string>>();
}

std::string InWords(const std::string& type) {
  if (type == "object") return "an object";
  if (type == "array") return "a list";
  if (type == "string") return "a string";
  if (type == "boolean") return "true or false";
  if (type == "integer") return "a whole number";
  return type == "null" ? "null" : "a number";
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

std::size_t Characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::optional<std::int64_t> Bound(const json& schema, const char* keyword) {
  const auto found = schema.find(keyword);
  return found == schema.end() ? std::nullopt : std::optional(found->get<std::int64_t>());
}

// "must be 1 to 100".
std::string Between(std::optional<std::int64_t> least, std::optional<std::int64_t> most,
                    const std::string& unit) {
  if (least && most) return std::to_string(*least) + " to " + std::to_string(*most) + unit;
  if (least) return "at least " + std::to_string(*least) + unit;
  return "at most " + std::to_string(*most) + unit;
}

void CheckNumber(const json& schema, const json& number, const std::string& at, Violations* violations) {
  const auto least = Bound(schema, "minimum");
  const auto most = Bound(schema, "maximum");
  // As doubles: what a JSON number holds may be larger than any of our integers.
  const auto value = number.get<double>();
  if ((least && value < static_cast<double>(*least)) || (most && value > static_cast<double>(*most)))
    violations->push_back({at, "out_of_range", "must be " + Between(least, most, "")});
}

// True: within the bounds.
bool CheckCount(const json& schema, const char* least_word, const char* most_word, std::size_t count,
                const std::string& at, const char* few, const char* many, const std::string& unit,
                Violations* violations) {
  const auto least = Bound(schema, least_word);
  const auto most = Bound(schema, most_word);
  const auto counted = static_cast<std::int64_t>(count);
  const bool too_few = least && counted < *least;
  if (!too_few && !(most && counted > *most)) return true;
  violations->push_back({at, too_few ? few : many, "must have " + Between(least, most, unit)});
  return false;
}

bool CheckEnum(const json& schema, const json& value, const std::string& at, Violations* violations) {
  const auto allowed = schema.find("enum");
  if (allowed == schema.end() || std::find(allowed->begin(), allowed->end(), value) != allowed->end())
    return true;
  std::vector<std::string> words;
  for (const json& word : *allowed) words.push_back(word.is_string() ? word.get<std::string>() : word.dump());
  const std::string near = value.is_string() ? NearestName(value.get<std::string>(), words) : "";
  violations->push_back(
      {at, "unknown_value",
       "must be " + Joined(words) + (near.empty() ? "" : "; did you mean \"" + near + "\"?")});
  return false;
}

}  // namespace

const json& SchemaCheck::Resolve(const json& schema) const {
  const auto ref = schema.find("$ref");
  if (ref == schema.end()) return schema;
  return Resolve(document_.at(json::json_pointer(ref->get<std::string>().substr(1))));
}

void SchemaCheck::Check(const json& given, const json& value, const std::string& at,
                        Violations* violations) const {
  const json& schema = Resolve(given);
  if (const auto ways = schema.find("oneOf"); ways != schema.end()) {
    // The ways differ by their type: the one that has the value's is meant.
    std::vector<std::string> types;
    for (const json& way : *ways) {
      const std::vector<std::string> of_way = TypesOf(Resolve(way));
      if (std::any_of(of_way.begin(), of_way.end(), [&](const auto& type) { return HasType(value, type); }))
        return Check(way, value, at, violations);
      types.insert(types.end(), of_way.begin(), of_way.end());
    }
    std::transform(types.begin(), types.end(), types.begin(), InWords);
    return violations->push_back({at, value.is_null() ? "null" : "wrong_type", "must be " + Joined(types)});
  }
  std::vector<std::string> types = TypesOf(schema);
  if (!types.empty() &&
      std::none_of(types.begin(), types.end(), [&](const auto& type) { return HasType(value, type); })) {
    std::transform(types.begin(), types.end(), types.begin(), InWords);
    if (value.is_null())
      return violations->push_back({at, "null", "must not be null; leave it out to keep its value"});
    return violations->push_back({at, "wrong_type", "must be " + Joined(types)});
  }
  if (!CheckEnum(schema, value, at, violations)) return;
  if (value.is_number()) CheckNumber(schema, value, at, violations);
  if (value.is_string()) CheckText(schema, value.get_ref<const std::string&>(), at, violations);
  if (value.is_array()) CheckList(schema, value, at, violations);
  if (value.is_object()) CheckObject(schema, value, at, violations);
}

void SchemaCheck::CheckText(const json& schema, const std::string& text, const std::string& at,
                            Violations* violations) const {
  if (!CheckCount(schema, "minLength", "maxLength", Characters(text), at, "too_short", "too_long",
                  " characters", violations))
    return;
  const std::string format = schema.value("format", "");
  if (format == "date-time" && !ParseTime(text))
    violations->push_back({at, "bad_time", "must be a time of RFC 3339 such as 2026-01-31T12:00:00Z"});
  if (format == "event-id" && !IsIdText(text))
    violations->push_back({at, "bad_id", "must be of A-Z a-z 0-9 _ -"});
}

void SchemaCheck::CheckList(const json& schema, const json& list, const std::string& at,
                            Violations* violations) const {
  if (!CheckCount(schema, "minItems", "maxItems", list.size(), at, "too_few", "too_many", " items",
                  violations))
    return;
  const auto items = schema.find("items");
  if (items == schema.end()) return;
  for (std::size_t i = 0; i < list.size(); ++i)
    Check(*items, list[i], at + "/" + std::to_string(i), violations);
}

void SchemaCheck::CheckObject(const json& schema, const json& object, const std::string& at,
                              Violations* violations) const {
  if (!CheckCount(schema, "minProperties", "maxProperties", object.size(), at, "too_few", "too_many",
                  " members", violations))
    return;
  static const json none = json::object();
  const auto named = schema.find("properties");
  const json& properties = named == schema.end() ? none : *named;
  const auto names = schema.find("propertyNames");
  const auto others = schema.find("additionalProperties");
  int unknown = 0;
  for (const auto& [name, value] : object.items()) {
    const std::string where = at + "/" + ToPointerPart(name);
    if (names != schema.end()) Check(*names, name, where, violations);
    if (const auto known = properties.find(name); known != properties.end()) {
      Check(*known, value, where, violations);
    } else if (others != schema.end() && others->is_object()) {
      Check(*others, value, where, violations);
    } else if (others != schema.end() && *others == false && ++unknown <= kMaxUnknown) {
      std::vector<std::string> words;
      for (const auto& property : properties.items()) words.push_back(property.key());
      const std::string near = NearestName(name, words);
      violations->push_back({where, "unknown_field",
                             near.empty() ? "is no field" : "is no field; did you mean \"" + near + "\"?"});
    }
  }
  const auto required = schema.find("required");
  if (required == schema.end()) return;
  for (const json& name : *required) {
    const auto& text = name.get_ref<const std::string&>();
    if (!object.contains(text))
      violations->push_back({at + "/" + ToPointerPart(text), "required", "is missing"});
  }
}

std::vector<std::string> SchemaCheck::UnknownKeywords(const json& given) const {
  static const std::vector<std::string> heeded = {"$ref",          "type",
                                                  "enum",          "oneOf",
                                                  "minimum",       "maximum",
                                                  "minLength",     "maxLength",
                                                  "minItems",      "maxItems",
                                                  "items",         "properties",
                                                  "propertyNames", "additionalProperties",
                                                  "required",      "minProperties",
                                                  "maxProperties"};
  static const std::vector<std::string> annotations = {"description", "example", "examples", "default",
                                                       "format"};
  static const std::vector<std::string> formats = {"date-time",    "event-id",       "endpoint-url",
                                                   "event-type",   "event-pattern",  "header-name",
                                                   "header-value", "signing-secret", "text"};
  const json& schema = Resolve(given);
  std::vector<std::string> unknown;
  const auto add = [&](const json& inner) {
    const auto found = UnknownKeywords(inner);
    unknown.insert(unknown.end(), found.begin(), found.end());
  };
  for (const auto& [keyword, value] : schema.items()) {
    const auto is = [&](const std::vector<std::string>& list) {
      return std::find(list.begin(), list.end(), keyword) != list.end();
    };
    if (!is(heeded) && !is(annotations)) unknown.push_back(keyword);
    if (keyword == "format" && std::find(formats.begin(), formats.end(), value) == formats.end())
      unknown.push_back("format " + value.dump());
    if (keyword == "items" || keyword == "propertyNames" ||
        (keyword == "additionalProperties" && value.is_object()))
      add(value);
    if (keyword != "properties" && keyword != "oneOf") continue;
    for (const auto& inner : value) add(inner);
  }
  return unknown;
}

}  // namespace webhook
