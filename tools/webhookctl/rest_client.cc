// Else its macro U(x) breaks other headers.
#define _TURN_OFF_PLATFORM_STRING
#include <cpprest/http_client.h>

#include "tools/webhookctl/rest_client.h"

namespace webhook::ctl {
namespace {

using nlohmann::ordered_json;

// A test answers after 10 s at most.
constexpr std::chrono::seconds kTimeout{20};

Error ToError(int status, const ordered_json& problem) {
  Error error{ErrorCode::kInvalid, problem.value("code", "http_" + std::to_string(status)),
              problem.value("detail", "the registry answered " + std::to_string(status))};
  for (const auto& item : problem.value("errors", ordered_json::array())) {
    error.violations.push_back({item.value("pointer", ""), item.value("code", ""), item.value("detail", "")});
  }
  return error;
}

}  // namespace

Result<ordered_json> CallRest(const Context& context, const std::string& method, const std::string& path,
                              const ordered_json& body) {
  const auto url = context.Need(context.rest_url, "WEBHOOK_REST_URL");
  if (!url) return url.error();
  const auto key = context.Need(context.api_key, "WEBHOOK_API_KEY");
  if (!key) return key.error();
  try {
    web::http::client::http_client_config config;
    config.set_timeout(kTimeout);
    web::http::client::http_client client(*url, config);
    web::http::http_request request(method);
    request.set_request_uri(path);
    request.headers().add("Authorization", "Bearer " + *key);
    if (!body.is_null()) request.set_body(body.dump(), "application/json");
    const web::http::http_response response = client.request(request).get();
    const std::string text = response.extract_utf8string(true).get();
    const ordered_json answer =
        text.empty() ? ordered_json(nullptr) : ordered_json::parse(text, nullptr, false);
    if (response.status_code() >= 400)
      return ToError(response.status_code(), answer.is_object() ? answer : ordered_json::object());
    if (answer.is_discarded())
      return Error{ErrorCode::kInternal, "bad_answer", "the registry's answer is not JSON"};
    return answer;
  } catch (const std::exception& error) {
    return Error{ErrorCode::kUnavailable, "unreachable", *url + ": " + error.what()};
  }
}

Result<int> Post(const std::string& url, const std::vector<std::pair<std::string, std::string>>& headers,
                 const std::string& body) {
  try {
    web::http::client::http_client_config config;
    config.set_timeout(kTimeout);
    web::http::client::http_client client(url, config);
    web::http::http_request request("POST");
    request.set_body(body);
    request.headers().remove("Content-Type");
    for (const auto& [name, value] : headers) request.headers().add(name, value);
    return static_cast<int>(client.request(request).get().status_code());
  } catch (const std::exception& error) {
    return Error{ErrorCode::kUnavailable, "unreachable", error.what()};
  }
}

std::string EncodeComponent(const std::string& value) {
  return web::uri::encode_data_string(value);
}

}  // namespace webhook::ctl
