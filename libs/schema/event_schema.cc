#include "schema/event_schema.h"

#include <jsoncons/json.hpp>
#include <jsoncons_ext/jsonschema/jsonschema.hpp>
#include <nlohmann/json.hpp>

#include <utility>

#include "schema/internal/schema_form.h"

namespace webhook {

struct EventSchema::Compiled {
  jsoncons::jsonschema::json_schema<jsoncons::json> schema;
};

EventSchema::EventSchema(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}

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
        Compiled{jsoncons::jsonschema::make_json_schema(jsoncons::json::parse(text))});
    return std::shared_ptr<const EventSchema>(new EventSchema(std::move(compiled)));
  } catch (const std::exception& failed) {
    return InvalidError({{at, "bad_schema", failed.what()}});
  }
}

std::vector<FieldViolation> EventSchema::Check(std::string_view data, const std::string& at) const {
  using jsoncons::jsonschema::validation_message;
  using jsoncons::jsonschema::walk_result;
  std::vector<FieldViolation> violations;
  try {
    compiled_->schema.validate(jsoncons::json::parse(data), [&](const validation_message& message) {
      violations.push_back({at + message.instance_location().string(), "breaks_schema", message.message()});
      return violations.size() < kMaxViolations ? walk_result::advance : walk_result::abort;
    });
  } catch (const std::exception& failed) {
    violations.push_back({at, "bad_json", failed.what()});
  }
  return violations;
}

}  // namespace webhook
