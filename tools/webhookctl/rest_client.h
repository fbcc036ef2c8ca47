#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/result.h"
#include "tools/webhookctl/context.h"

namespace webhook::ctl {

// Calls REST /v2 with the context's API key and reads the JSON of the answer; null where it has no body. A
// problem (RFC 9457) becomes an Error with its violations.
Result<nlohmann::ordered_json> CallRest(const Context& context, const std::string& method,
                                        const std::string& path,
                                        const nlohmann::ordered_json& body = nullptr);

// Percent-encodes one value of a query or path.
std::string EncodeComponent(const std::string& value);

}  // namespace webhook::ctl
