#include "services/registry/api/rest/problem.h"

#include <nlohmann/json.hpp>

#include "rpc/error_map.h"
#include "services/registry/api/rest/json_body.h"

namespace webhook::rest {
namespace {

constexpr std::chrono::seconds kRetryAfter{1};  // where nothing better is known

const char* Title(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Internal Server Error";
  }
}

int StatusOf(const Error& error) {
  if (error.code == ErrorCode::kInvalid && error.reason == kBadJson) return 400;
  if (error.code == ErrorCode::kInvalid && error.reason == kNotJson) return 415;
  return rpc::ToHttpStatus(error.code);
}

http::Response Problem(int status, const std::string& code, const std::string& detail,
                       const std::string& request_id, const std::vector<FieldViolation>& violations) {
  nlohmann::ordered_json problem;
  problem["type"] = "about:blank";
  problem["title"] = Title(status);
  problem["status"] = status;
  problem["code"] = code;
  problem["detail"] = detail;
  problem["request_id"] = request_id;
  if (!violations.empty()) {
    auto& errors = problem["errors"] = nlohmann::ordered_json::array();
    for (const FieldViolation& violation : violations) {
      errors.push_back(
          {{"pointer", violation.pointer}, {"code", violation.code}, {"detail", violation.detail}});
    }
  }
  http::Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  // What a customer sent may be cited, and need not be UTF-8.
  response.body = problem.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

}  // namespace

http::Response ToProblem(const Error& error, const std::string& request_id) {
  const int status = StatusOf(error);
  const bool internal = error.code == ErrorCode::kInternal;
  // What a dependency of ours says is for our log, not for customers.
  const bool hidden = internal || error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kDeadline;
  http::Response response =
      Problem(status, internal ? "internal" : error.reason,
              hidden ? "the service cannot do this just now; repeat it later" : error.message, request_id,
              error.violations);
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (status == 429 || status == 503)
    response.headers.emplace_back("Retry-After",
                                  std::to_string(error.retry_after.value_or(kRetryAfter).count()));
  return response;
}

http::Response HttpProblem(int status, const std::string& code, const std::string& detail,
                           const std::string& request_id) {
  return Problem(status, code, detail, request_id, {});
}

}  // namespace webhook::rest
