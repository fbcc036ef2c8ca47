#pragma once

#include <string>

#include "core/result.h"
#include "http/server.h"

namespace webhook::rest {

// An error as REST shows it: application/problem+json (RFC 9457) with code, request_id and errors (contract,
// point 14).
http::Response ToProblem(const Error& error, const std::string& request_id);

// The same for what only HTTP knows: 400, 405, 415.
http::Response HttpProblem(int status, const std::string& code, const std::string& detail,
                           const std::string& request_id);

}  // namespace webhook::rest
