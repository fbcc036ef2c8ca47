#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/result.h"

namespace webhook {

// Everything that keeps a schema from being one that EventSchema takes: unknown keywords (what is misspelt
// would not be checked), those that it refuses, references that lead nowhere or in circles, and too many
// subschemas.
std::vector<FieldViolation> CheckSchemaForm(const nlohmann::json& schema, const std::string& at);

}  // namespace webhook
