#include "schema/event_schema.h"

#include <jsoncons/json.hpp>
#include <jsoncons_ext/jsonschema/jsonschema.hpp>
#include <nlohmann/json.hpp>

#include <utility>

#include "schema/internal/schema_form.h"

namespace webhook {
namespace {

// Values times alternatives: jsoncons notes what is wrong with a value in each alternative, some 600 bytes
// each, before it tells the first.
constexpr std::size_t kMostWork = 300'000;
constexpr std::size_t kEnumsAsOne = 16;  // they are compared, and nothing is noted

// How many alternatives a value may be held against, at most.
std::size_t Alternatives(const nlohmann::json& schema) {
  std::size_t all = 0;
  if (!schema.is_structured()) return all;
  for (const auto& [keyword, value] : schema.items()) {
    all += Alternatives(value);
    if (schema.is_array()) continue;
    if (value.is_array() && (keyword == "oneOf" || keyword == "anyOf" || keyword == "allOf"))
      all += value.size();
    if (keyword == "contains" || keyword == "not" || keyword == "if") ++all;
    if (keyword == "enum") all += value.size() / kEnumsAsOne;
  }
  return all;
}

std::size_t Values(const jsoncons::json& data) {
  std::size_t all = 1;
  if (data.is_object())
    for (const auto& member : data.object_range()) all += Values(member.value());
  if (data.is_array())
    for (const auto& item : data.array_range()) all += Values(item);
  return all;
}

}  // namespace

struct EventSchema::Compiled {
  jsoncons::jsonschema::json_schema<jsoncons::json> schema;
  std::size_t most_values;
};

EventSchema::EventSchema(std::string text, std::unique_ptr<Compiled> compiled)
    : text_(std::move(text)), compiled_(std::move(compiled)) {}

EventSchema::~EventSchema() = default;

Result<std::shared_ptr<const EventSchema>> EventSchema::Compile(std::string_view text,
                                                                const std::string& at) {
  if (text.size() > kMaxBytes)
    return InvalidError({{at, "too_large", "is longer than " + std::to_string(kMaxBytes) + " bytes"}});
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (parsed.is_discarded()) return InvalidError({{at, "bad_json", "is no JSON"}});
  if (auto violations = CheckSchemaForm(parsed, at); !violations.empty())
    return InvalidError(std::move(violations));
  try {
    auto compiled = std::make_unique<Compiled>(
        Compiled{jsoncons::jsonschema::make_json_schema(jsoncons::json::parse(text)),
                 kMostWork / (1 + Alternatives(parsed))});
    return std::shared_ptr<const EventSchema>(new EventSchema(std::string(text), std::move(compiled)));
  } catch (const std::exception& failed) {
    return InvalidError({{at, "bad_schema", failed.what()}});
  }
}

std::vector<FieldViolation> EventSchema::Check(std::string_view data, const std::string& at) const {
  using jsoncons::jsonschema::validation_message;
  using jsoncons::jsonschema::walk_result;
  std::vector<FieldViolation> violations;
  try {
    const auto parsed = jsoncons::json::parse(data);
    if (Values(parsed) > compiled_->most_values)
      return {{at, "too_complex", "has too many values for the alternatives of its schema"}};
    compiled_->schema.validate(parsed, [&](const validation_message& message) {
      violations.push_back({at + message.instance_location().string(), "breaks_schema", message.message()});
      return violations.size() < kMaxViolations ? walk_result::advance : walk_result::abort;
    });
  } catch (const std::exception& failed) {
    violations.push_back({at, "bad_json", failed.what()});
  }
  return violations;
}

}  // namespace webhook
