#include <iostream>
#include <memory>
#include <optional>
#include <sstream>

#include "core/secret.h"
#include "runtime/clock.h"
#include "signing/signature_check.h"
#include "tools/webhookctl/context.h"

namespace webhook::ctl {
namespace {

struct Options {
  std::string secret;
  std::string headers = "-";
  std::string body;
  bool any_time = false;
};

// "Name: value" lines; names in lower case.
ReceivedHeaders ParseHeaders(const std::string& text) {
  ReceivedHeaders headers;
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

int Verify(const Context& context, const Options& options) {
  const auto header_text = ReadInput(options.headers);
  if (!header_text) return Fail(header_text.error());
  const auto body = ReadInput(options.body);
  if (!body) return Fail(body.error());
  const ReceivedHeaders headers = ParseHeaders(*header_text);
  const Secret secret(options.secret);
  const std::string platform = CheckPlatformSignature(secret, headers, *body);
  const std::string standard = CheckStandardSignature(
      secret, headers, *body, options.any_time ? std::nullopt : std::optional(runtime::ReadClock().wall));
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
