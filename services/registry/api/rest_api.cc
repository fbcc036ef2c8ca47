#include "services/registry/api/rest_api.h"

#include <algorithm>
#include <optional>

#include "crypto/crypto.h"
#include "domain/ids.h"
#include "log/log.h"
#include "runtime/clock.h"
#include "services/registry/api/authenticate.h"
#include "services/registry/api/problem.h"

namespace webhook {
namespace {

constexpr std::size_t kMaxRequestId = 64;

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

std::string RequestId(const http::Request& request) {
  const std::string_view given = request.Header("x-request-id");
  const bool usable =
      !given.empty() && given.size() <= kMaxRequestId && std::all_of(given.begin(), given.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
      });
  if (usable) return std::string(given);
  return TimeOrderedId("req", runtime::ReadClock().wall, crypto::Random16());
}

bool HasBody(const std::string& method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

bool IsJson(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  std::string lower;
  for (const char c : type) {
    if (c != ' ') lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower == "application/json" || lower == "application/merge-patch+json";
}

}  // namespace

RestApi::RestApi(Parts parts) : parts_(std::move(parts)) {}

const std::vector<RestApi::Route>& RestApi::Routes() {
  // A fixed word before {id}: POST /v2/webhooks/test is no webhook named "test".
  static const std::vector<Route> routes = {
      {"POST", "/v2/webhooks", "webhooks:write", &RestApi::CreateWebhook},
      {"GET", "/v2/webhooks", "webhooks:read", &RestApi::ListWebhooks},
      {"POST", "/v2/webhooks/test", "webhooks:write", &RestApi::TestWebhook},
      {"GET", "/v2/webhooks/{id}", "webhooks:read", &RestApi::GetWebhook},
      {"PUT", "/v2/webhooks/{id}", "webhooks:write", &RestApi::UpdateWebhook},
      {"PATCH", "/v2/webhooks/{id}", "webhooks:write", &RestApi::UpdateWebhook},
      {"DELETE", "/v2/webhooks/{id}", "webhooks:write", &RestApi::DeleteWebhook},
      {"GET", "/v2/deliveries", "deliveries:read", &RestApi::ListDeliveries},
      {"GET", "/v2/deliveries/{id}", "deliveries:read", &RestApi::GetDelivery},
      {"POST", "/v2/deliveries/{id}/redeliver", "redeliver", &RestApi::Redeliver},
      {"GET", "/v2/event-types", "webhooks:read", &RestApi::ListEventTypes},
  };
  return routes;
}

http::Response RestApi::Handle(const http::Request& request) {
  const std::string request_id = RequestId(request);
  std::string allowed;
  for (const Route& route : Routes()) {
    const auto id = Match(route.path, request.path);
    if (!id) continue;
    if (request.method != route.method) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
      continue;
    }
    auto answered = Dispatch(request, request_id, route, *id);
    if (!answered && answered.error().code == ErrorCode::kInternal) {
      log::Error("rest.failed", {{"request_id", request_id}, {"error", answered.error().message}});
    } else if (!answered && answered.error().code == ErrorCode::kUnavailable) {
      log::Warn("rest.unavailable", {{"request_id", request_id}, {"error", answered.error().message}});
    }
    http::Response response = answered ? std::move(*answered) : ToProblem(answered.error(), request_id);
    response.headers.emplace_back("X-Request-Id", request_id);
    return response;
  }
  http::Response response =
      allowed.empty() ? HttpProblem(404, "no_such_path", "there is nothing at this path", request_id)
                      : HttpProblem(405, "method_not_allowed", "this path takes " + allowed, request_id);
  if (!allowed.empty()) response.headers.emplace_back("Allow", allowed);
  response.headers.emplace_back("X-Request-Id", request_id);
  return response;
}

Result<http::Response> RestApi::Dispatch(const http::Request& request, const std::string& request_id,
                                         const Route& route, const std::string& id) {
  const auto key = Authenticate(request, route.scope);
  if (!key) return key.error();
  if (HasBody(request.method) && !request.body.empty() && !IsJson(request.Header("content-type")))
    return HttpProblem(415, "unsupported_media_type", "send Content-Type: application/json", request_id);
  return (this->*route.handler)(Call{request, key->account, id});
}

Result<store::ApiKey> RestApi::Authenticate(const http::Request& request, const std::string& scope) {
  // Two credentials are none: which one is meant would be a guess.
  const bool one = request.CountHeader("authorization") == 1;
  return CheckApiKey(one ? std::string(request.Header("authorization")) : "", scope, parts_.api_key_pepper,
                     parts_.accounts);
}

}  // namespace webhook
