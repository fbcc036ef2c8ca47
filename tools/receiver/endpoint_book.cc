#include "tools/receiver/endpoint_book.h"

#include <charconv>
#include <sstream>

#include "core/encoding.h"
#include "crypto/crypto.h"
#include "crypto/webhook_signature.h"

namespace webhook::receiver {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::string PlatformVerdict(const Secret& secret, const http::Request& request) {
  const std::string_view given = request.Header("x-platform-signature");
  if (given.empty()) return "missing";
  if (secret.empty()) return "unchecked";
  return crypto::ConstantTimeEqual(given, crypto::PlatformSignature(secret, request.body)) ? "valid"
                                                                                           : "invalid";
}

std::string StandardVerdict(const Secret& secret, const http::Request& request) {
  const std::string_view given = request.Header("webhook-signature");
  const std::string_view time = request.Header("webhook-timestamp");
  if (given.empty() || time.empty()) return "missing";
  if (secret.empty()) return "unchecked";
  std::int64_t timestamp = 0;
  std::from_chars(time.data(), time.data() + time.size(), timestamp);
  const std::string expected =
      crypto::StandardSignature(secret, request.Header("webhook-id"), timestamp, request.body);
  std::istringstream signatures{std::string(given)};
  for (std::string signature; signatures >> signature;) {
    if (crypto::ConstantTimeEqual(signature, expected)) return "valid";
  }
  return "invalid";
}

Behaviour ToBehaviour(const json& response) {
  Behaviour behaviour;
  behaviour.status = response.value("status", 200);
  behaviour.times = response.value("times", 1);
  behaviour.headers = response.value("headers", std::map<std::string, std::string>());
  behaviour.body = response.value("body", "");
  behaviour.delay = std::chrono::milliseconds(response.value("delay_ms", 0));
  behaviour.hang = response.value("hang", false);
  return behaviour;
}

}  // namespace

Status EndpointBook::Configure(const std::string& name, const std::string& body) {
  const json wanted = json::parse(body, nullptr, false);
  if (!wanted.is_object()) return Error{ErrorCode::kInvalid, "bad_json", "send a JSON object"};
  try {
    std::deque<Behaviour> responses;
    for (const json& response : wanted.value("responses", json::array())) {
      responses.push_back(ToBehaviour(response));
      if (responses.back().status < 200 || responses.back().status > 599)
        return Error{ErrorCode::kInvalid, "bad_status", "status must be 200 to 599"};
    }
    const std::scoped_lock lock(mutex_);
    Endpoint& endpoint = endpoints_[name];
    if (wanted.contains("secret")) endpoint.secret = Secret(wanted["secret"].get<std::string>());
    endpoint.responses = std::move(responses);
    return Ok();
  } catch (const json::exception& error) {
    return Error{ErrorCode::kInvalid, "bad_json", error.what()};
  }
}

void EndpointBook::Clear(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  const auto found = endpoints_.find(name);
  if (found == endpoints_.end()) return;
  for (const Kept& kept : found->second.kept) kept_bytes_ -= kept.request.body.size();
  std::erase(order_, name);
  endpoints_.erase(found);
}

http::Response EndpointBook::Receive(const std::string& name, const http::Request& request, Now now) {
  const std::scoped_lock lock(mutex_);
  Endpoint& endpoint = endpoints_[name];
  Behaviour behaviour;
  behaviour.body = "OK";
  if (!endpoint.responses.empty()) {
    behaviour = endpoint.responses.front();
    if (--endpoint.responses.front().times <= 0) endpoint.responses.pop_front();
  }
  Kept kept{++last_seq_,
            now.wall,
            request,
            PlatformVerdict(endpoint.secret, request),
            StandardVerdict(endpoint.secret, request),
            behaviour.hang ? 0 : behaviour.status};
  ++endpoint.requests;
  if (kept.signature == "invalid" || kept.standard == "invalid") ++endpoint.invalid;
  const std::string delivery(request.Header("x-platform-delivery"));
  endpoint.deliveries.insert(delivery);
  if (endpoint.succeeded.contains(delivery)) ++endpoint.duplicates;
  if (kept.status >= 200 && kept.status < 300) endpoint.succeeded.insert(delivery);
  kept_bytes_ += request.body.size();
  endpoint.kept.push_back(std::move(kept));
  order_.push_back(name);
  Forget();

  http::Response response;
  response.status = behaviour.status;
  response.content_type = "text/plain";
  response.headers.assign(behaviour.headers.begin(), behaviour.headers.end());
  response.body = behaviour.body;
  response.delay = behaviour.hang ? std::chrono::milliseconds(-1) : behaviour.delay;
  return response;
}

void EndpointBook::Forget() {
  while (order_.size() > kMaxKept || kept_bytes_ > kMaxKeptBytes) {
    Endpoint& endpoint = endpoints_[order_.front()];
    kept_bytes_ -= endpoint.kept.front().request.body.size();
    endpoint.kept.pop_front();
    order_.pop_front();
  }
}

ordered_json EndpointBook::Requests(const std::string& name, std::int64_t since, std::size_t limit) const {
  const std::scoped_lock lock(mutex_);
  ordered_json list = ordered_json::array();
  const auto found = endpoints_.find(name);
  if (found == endpoints_.end()) return {{"data", list}};
  for (const Kept& kept : found->second.kept) {
    if (kept.seq <= since) continue;
    if (list.size() >= limit) break;
    ordered_json headers = ordered_json::object();
    for (const auto& [header, value] : kept.request.headers) headers[header] = value;
    list.push_back({{"seq", kept.seq},
                    {"at_ms", kept.at.time_since_epoch().count() / 1000},
                    {"method", kept.request.method},
                    {"path", kept.request.target},
                    {"headers", headers},
                    {"body", kept.request.body},
                    {"body_base64", ToBase64(kept.request.body)},
                    {"signature", kept.signature},
                    {"standard", kept.standard},
                    {"status", kept.status}});
  }
  return {{"data", list}};
}

ordered_json EndpointBook::Summary() const {
  const std::scoped_lock lock(mutex_);
  ordered_json summary = ordered_json::object();
  for (const auto& [name, endpoint] : endpoints_) {
    summary[name] = {{"requests", endpoint.requests},
                     {"deliveries", endpoint.deliveries.size()},
                     {"succeeded", endpoint.succeeded.size()},
                     {"duplicates", endpoint.duplicates},
                     {"invalid", endpoint.invalid}};
  }
  return summary;
}

}  // namespace webhook::receiver
