#include "services/registry/api/operations/document.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/check.h"
#include "core/encoding.h"
#include "core/nearest_name.h"
#include "services/registry/openapi/openapi.h"

namespace webhook {
namespace {

using nlohmann::json;

constexpr std::array kMethods = {"get", "put", "post", "delete", "patch"};

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c - 'a' + 'A');
  return text;
}

// The {id} of the path where it fits the pattern; nullopt: it does not.
std::optional<std::string> Match(std::string_view pattern, std::string_view path) {
  std::string id;
  while (!pattern.empty() && !path.empty()) {
    const std::size_t pattern_end = std::min(pattern.find('/', 1), pattern.size());
    const std::size_t path_end = std::min(path.find('/', 1), path.size());
    const std::string_view wanted = pattern.substr(0, pattern_end);
    const std::string_view given = path.substr(0, path_end);
    if (wanted == "/{id}") {
      if (given.size() < 2) return std::nullopt;
      id = given.substr(1);
    } else if (wanted != given) {
      return std::nullopt;
    }
    pattern.remove_prefix(pattern_end);
    path.remove_prefix(path_end);
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return id;
}

// A parameter's text as its schema's type; text that is none of it stays text, and is refused by the check.
json FromText(const std::string& type, const std::string& text) {
  if (type == "boolean" && (text == "true" || text == "false")) return text == "true";
  if (type != "integer") return text;
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end ? json(number) : json(text);
}

// REQUIRES: with several ways in, each asks for the same scopes.
Access ReadAccess(const json& security) {
  Access access;
  for (const json& way : security) {
    for (const auto& [scheme, scopes] : way.items()) {
      (scheme == "session" ? access.by_session : access.by_key) = true;
      scopes.get_to(access.scopes);
    }
  }
  return access;
}

}  // namespace

const Document& Document::Get() {
  static const Document document(kOpenApi);
  return document;
}

Document::Document(std::string_view text) : text_(text), json_(json::parse(text)), schemas_(json_) {
  for (const auto& [path, item] : json_.at("paths").items()) {
    const json shared = item.value("parameters", json::array());
    for (const char* method : kMethods) {
      if (item.contains(method)) Read(path, shared, method, item.at(method));
    }
  }
  std::stable_sort(operations_.begin(), operations_.end(), [](const Operation& a, const Operation& b) {
    return std::count(a.path.begin(), a.path.end(), '{') < std::count(b.path.begin(), b.path.end(), '{');
  });
}

void Document::Read(const std::string& path, const json& shared, const std::string& method,
                    const json& described) {
  Operation operation;
  operation.id = described.at("operationId").get<std::string>();
  operation.method = Upper(method);
  operation.path = path;
  const json& security = described.at("security");
  operation.open = security.empty();
  operation.access = ReadAccess(security);
  for (const json& list : {shared, described.value("parameters", json::array())}) {
    for (const json& part : list) {
      const json& parameter = Resolve(part);
      const auto name = parameter.at("name").get<std::string>();
      if (parameter.at("in") == "query") operation.query[name] = parameter.at("schema");
      if (name == "Idempotency-Key") operation.takes_idempotency_key = true;
    }
  }
  if (const auto body = described.find("requestBody"); body != described.end()) {
    operation.body = body->at("content").begin()->at("schema");
    operation.body_required = body->value("required", false);
  }
  operations_.push_back(std::move(operation));
}

Document::Found Document::Find(const std::string& method, std::string_view path) const {
  Found found;
  const std::string* nearest = nullptr;  // those with the fewest variables come first
  for (const Operation& operation : operations_) {
    auto id = Match(operation.path, path);
    if (!id || (nearest != nullptr && *nearest != operation.path)) continue;
    nearest = &operation.path;
    if (operation.method == method) {
      found.operation = &operation;
      found.id = std::move(*id);
      return found;
    }
    found.allowed += (found.allowed.empty() ? "" : ", ") + operation.method;
  }
  return found;
}

QueryValues Document::ReadQuery(const Operation& operation,
                                const std::vector<std::pair<std::string, std::string>>& query,
                                std::vector<FieldViolation>* violations) const {
  QueryValues values;
  for (const auto& [name, text] : query) {
    const auto known = operation.query.find(name);
    const std::string type = known == operation.query.end() ? "" : Resolve(known->second).value("type", "");
    if (!values.emplace(name, FromText(type, text)).second)
      violations->push_back({"/" + ToPointerPart(name), "given_twice", "may be given once"});
  }
  const auto wrong = CheckQuery(operation, &values);
  violations->insert(violations->end(), wrong.begin(), wrong.end());
  return values;
}

std::vector<FieldViolation> Document::CheckQuery(const Operation& operation, QueryValues* values) const {
  std::vector<FieldViolation> violations;
  for (const auto& [name, value] : *values) {
    const std::string at = "/" + ToPointerPart(name);
    if (const auto known = operation.query.find(name); known != operation.query.end()) {
      schemas_.Check(known->second, value, at, &violations);
      continue;
    }
    std::vector<std::string> names;
    for (const auto& [parameter, schema] : operation.query) names.push_back(parameter);
    const std::string near = NearestName(name, names);
    violations.push_back(
        {at, "unknown_parameter",
         near.empty() ? "is no parameter" : "is no parameter; did you mean \"" + near + "\"?"});
  }
  for (const auto& [name, part] : operation.query) {
    const json& schema = Resolve(part);
    if (schema.contains("default")) values->try_emplace(name, schema.at("default"));
  }
  return violations;
}

std::vector<FieldViolation> Document::CheckBody(const Operation& operation, const json& body) const {
  CHECK(operation.body.has_value(), "the operation takes no body");
  std::vector<FieldViolation> violations;
  schemas_.Check(*operation.body, body, "", &violations);
  return violations;
}

std::vector<std::string> Document::UnknownKeywords() const {
  std::vector<std::string> unknown;
  const auto add = [&](const json& schema) {
    const auto found = schemas_.UnknownKeywords(schema);
    unknown.insert(unknown.end(), found.begin(), found.end());
  };
  for (const Operation& operation : operations_) {
    for (const auto& [name, schema] : operation.query) add(schema);
    if (operation.body) add(*operation.body);
  }
  return unknown;
}

}  // namespace webhook
