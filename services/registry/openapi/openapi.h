#pragma once

#include <string_view>

namespace webhook {

// The API's description, made at build time from the *.yaml beside this file.
extern const std::string_view kOpenApi;      // OpenAPI 3.1 as JSON
extern const std::string_view kOpenApiPage;  // the same as a page of its own: no script, nothing is loaded

}  // namespace webhook
