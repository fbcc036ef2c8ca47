#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "tools/webhookctl/context.h"

namespace webhook::ctl {

// Calls REST /v2 with the context's API key and reads the JSON of the answer; null where it has no body. A
// problem (RFC 9457) becomes an Error with its violations.
Result<nlohmann::ordered_json> CallRest(const Context& context, const std::string& method,
                                        const std::string& path,
                                        const nlohmann::ordered_json& body = nullptr);

// Sends a request to any URL: the status of its answer. kUnavailable: there was none.
Result<int> Post(const std::string& url, const std::vector<std::pair<std::string, std::string>>& headers,
                 const std::string& body);

// Percent-encodes one value of a query or path.
std::string EncodeComponent(const std::string& value);

}  // namespace webhook::ctl
