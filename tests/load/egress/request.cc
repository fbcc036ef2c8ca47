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

std::string RequestHeaders() {
  const std::string hex64 = "5257a869e7ecebeda32affa62cdca3fa5257a869e7ecebeda32affa62cdca3fa";
  return "Content-Type: application/json\r\n"
         "User-Agent: Platform-Webhooks/1.0\r\n"
         "X-Platform-Event: user.created\r\n"
         "X-Platform-Delivery: delivery_" +
         hex64.substr(0, 32) + "\r\nX-Platform-Attempt: 1\r\nX-Platform-Signature: sha256=" + hex64 +
         "\r\nwebhook-id: webhook_" + hex64.substr(0, 32) +
         "\r\nwebhook-timestamp: 1764286665\r\n"
         "webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=\r\n"
         "traceparent: 00-" +
         hex64.substr(0, 32) + "-" + hex64.substr(0, 16) + "-01\r\n";
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
  return text + RequestHeaders() + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace webhook::load
