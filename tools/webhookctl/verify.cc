#include <charconv>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>

#include "core/secret.h"
#include "crypto/crypto.h"
#include "crypto/webhook_signature.h"
#include "runtime/clock.h"
#include "tools/webhookctl/context.h"

namespace webhook::ctl {
namespace {

constexpr std::int64_t kToleranceSeconds = 300;

struct Options {
  std::string secret;
  std::string headers = "-";
  std::string body;
  bool any_time = false;
};

using Headers = std::map<std::string, std::string>;

// "Name: value" lines; names in lower case.
Headers ParseHeaders(const std::string& text) {
  Headers headers;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::string name = line.substr(0, colon);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const std::size_t begin = line.find_first_not_of(' ', colon + 1);
    headers[name] = begin == std::string::npos ? "" : line.substr(begin);
  }
  return headers;
}

// Empty: valid.
std::string CheckPlatform(const Secret& secret, const Headers& headers, const std::string& body) {
  const auto given = headers.find("x-platform-signature");
  if (given == headers.end()) return "the header X-Platform-Signature is missing";
  if (given->second.rfind("sha256=", 0) != 0) return "X-Platform-Signature does not begin with sha256=";
  if (crypto::ConstantTimeEqual(given->second, crypto::PlatformSignature(secret, body))) return "";
  std::string trimmed = body;
  while (!trimmed.empty() && (trimmed.back() == '\n' || trimmed.back() == '\r')) trimmed.pop_back();
  if (trimmed != body && crypto::ConstantTimeEqual(given->second, crypto::PlatformSignature(secret, trimmed)))
    return "the body has a line end that was not sent: keep its exact bytes";
  const auto compact = nlohmann::ordered_json::parse(body, nullptr, false);
  if (!compact.is_discarded() &&
      crypto::ConstantTimeEqual(given->second, crypto::PlatformSignature(secret, compact.dump())))
    return "the body was formatted anew (spaces or line ends): keep its exact bytes";
  const auto previous = headers.find("x-platform-signature-previous");
  if (previous != headers.end() &&
      crypto::ConstantTimeEqual(previous->second, crypto::PlatformSignature(secret, body)))
    return "the secret is the previous one: take the newest, or check X-Platform-Signature-Previous";
  return "the signature is another secret's, or the body was changed";
}

std::string CheckStandard(const Secret& secret, const Headers& headers, const std::string& body,
                          bool any_time) {
  for (const char* name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
    if (!headers.contains(name)) return std::string("the header ") + name + " is missing";
  }
  const std::string& text = headers.at("webhook-timestamp");
  std::int64_t timestamp = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), timestamp);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size())
    return "webhook-timestamp is no number of seconds";
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::seconds>(runtime::ReadClock().wall.time_since_epoch()).count();
  if (!any_time && std::abs(now - timestamp) > kToleranceSeconds)
    return "webhook-timestamp is " + std::to_string(now - timestamp) +
           " s old; 300 are allowed (--any-time skips this)";
  const std::string expected = crypto::StandardSignature(secret, headers.at("webhook-id"), timestamp, body);
  std::istringstream signatures(headers.at("webhook-signature"));
  for (std::string signature; signatures >> signature;) {
    if (crypto::ConstantTimeEqual(signature, expected)) return "";
  }
  return "no signature in webhook-signature fits the secret and the body";
}

int Verify(const Context& context, const Options& options) {
  const auto header_text = ReadInput(options.headers);
  if (!header_text) return Fail(header_text.error());
  const auto body = ReadInput(options.body);
  if (!body) return Fail(body.error());
  const Headers headers = ParseHeaders(*header_text);
  const Secret secret(options.secret);
  const std::string platform = CheckPlatform(secret, headers, *body);
  const std::string standard = CheckStandard(secret, headers, *body, options.any_time);
  const bool valid = platform.empty() && standard.empty();
  Print(context,
        {{"signature", valid ? "valid" : "invalid"},
         {"x_platform_signature", platform.empty() ? "valid" : platform},
         {"webhook_signature", standard.empty() ? "valid" : standard}},
        {});
  return valid ? kOk : kFailed;
}

}  // namespace

void AddVerifyCommand(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* verify =
      app.add_subcommand("verify",
                         "Check a received request: valid, or the exact reason\n"
                         "  webhookctl verify --secret whsec_… --headers headers.txt --body body.json");
  verify->add_option("--secret", options->secret, "The webhook's secret")->required();
  verify->add_option("--headers", options->headers, "File of \"Name: value\" lines; - is stdin");
  verify->add_option("--body", options->body, "File with the exact body")->required();
  verify->add_flag("--any-time", options->any_time, "Do not mind how old the request is");
  verify->callback(
      [&context, options] { context.run = [&context, options] { return Verify(context, *options); }; });
}

}  // namespace webhook::ctl
