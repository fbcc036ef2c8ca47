#include "tests/load/egress/request.h"

namespace webhook::load {
namespace {

constexpr std::size_t kBodyBytes = 1'024;

std::string Authority(const Target& target, std::size_t host) {
  return HostAddress(host) + ":" + std::to_string(target.port);
}

std::string Path(const Scenario& scenario, std::size_t host) {
  return (scenario.keep ? "/o/" : "/c/") + std::to_string(host);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> RequestHeaders() {
  const std::string hex64 = "5257a869e7ecebeda32affa62cdca3fa5257a869e7ecebeda32affa62cdca3fa";
  return {
      {"Content-Type", "application/json"},
      {"User-Agent", "Platform-Webhooks/1.0"},
      {"X-Platform-Event", "user.created"},
      {"X-Platform-Delivery", "delivery_" + hex64.substr(0, 32)},
      {"X-Platform-Attempt", "1"},
      {"X-Platform-Signature", "sha256=" + hex64},
      {"webhook-id", "webhook_" + hex64.substr(0, 32)},
      {"webhook-timestamp", "1764286665"},
      {"webhook-signature", "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="},
      {"traceparent", "00-" + hex64.substr(0, 32) + "-" + hex64.substr(0, 16) + "-01"},
  };
}

std::string RequestBody() {
  const std::string begin = R"({"id":"webhook_5257a869e7ecebeda32affa62cdca3fa","data":")";
  const std::string end = R"("})";
  return begin + std::string(kBodyBytes - begin.size() - end.size(), 'x') + end;
}

std::string RequestUrl(const Scenario& scenario, const Target& target, std::size_t host) {
  return (scenario.tls ? "https://" : "http://") + Authority(target, host) + Path(scenario, host);
}

std::string RequestText(const Scenario& scenario, const Target& target, std::size_t host) {
  const std::string body = RequestBody();
  std::string text =
      "POST " + Path(scenario, host) + " HTTP/1.1\r\nHost: " + Authority(target, host) + "\r\n";
  for (const auto& [name, value] : RequestHeaders()) text += name + ": " + value + "\r\n";
  return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace webhook::load
