#include "signing/signature_check.h"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <sstream>

#include "crypto/crypto.h"
#include "crypto/webhook_signature.h"

namespace webhook {
namespace {

constexpr std::int64_t kToleranceSeconds = 300;

bool Fits(const std::string& given, const Secret& secret, const std::string& body) {
  return crypto::ConstantTimeEqual(given, crypto::PlatformSignature(secret, body));
}

// What stands between a JSON text's tokens left out, as JSON.stringify() does.
std::string WithoutSpaces(const std::string& json) {
  std::string compact;
  compact.reserve(json.size());
  bool in_string = false;
  bool escaped = false;
  for (const char c : json) {
    if (!in_string && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
    compact += c;
    if (c == '"' && !escaped) in_string = !in_string;
    escaped = in_string && c == '\\' && !escaped;
  }
  return compact;
}

}  // namespace

std::string CheckPlatformSignature(const Secret& secret, const ReceivedHeaders& headers,
                                   const std::string& body) {
  const auto given = headers.find("x-platform-signature");
  if (given == headers.end()) return "the header X-Platform-Signature is missing";
  if (given->second.rfind("sha256=", 0) != 0) return "X-Platform-Signature does not begin with sha256=";
  if (Fits(given->second, secret, body)) return "";
  std::string trimmed = body;
  while (!trimmed.empty() && (trimmed.back() == '\n' || trimmed.back() == '\r')) trimmed.pop_back();
  if (trimmed != body && Fits(given->second, secret, trimmed))
    return "the body has a line end that was not sent: keep its exact bytes";
  if (Fits(given->second, secret, WithoutSpaces(body)))
    return "the body was formatted anew (spaces or line ends): keep its exact bytes";
  const auto previous = headers.find("x-platform-signature-previous");
  if (previous != headers.end() && Fits(previous->second, secret, body))
    return "the secret is the previous one: take the newest, or check X-Platform-Signature-Previous";
  return "the signature is another secret's, or the body was changed";
}

std::string CheckStandardSignature(const Secret& secret, const ReceivedHeaders& headers,
                                   const std::string& body, const std::optional<WallTime>& now) {
  for (const char* name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
    if (!headers.contains(name)) return std::string("the header ") + name + " is missing";
  }
  const std::string& text = headers.at("webhook-timestamp");
  std::int64_t timestamp = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), timestamp);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || timestamp < 0)
    return "webhook-timestamp is no number of seconds";
  if (now) {
    const std::int64_t age =
        std::chrono::duration_cast<std::chrono::seconds>(now->time_since_epoch()).count() - timestamp;
    if (std::abs(age) > kToleranceSeconds)
      return "webhook-timestamp is " + std::to_string(age) + " s old; 300 are allowed";
  }
  const std::string expected = crypto::StandardSignature(secret, headers.at("webhook-id"), timestamp, body);
  std::istringstream signatures(headers.at("webhook-signature"));
  for (std::string signature; signatures >> signature;) {
    if (crypto::ConstantTimeEqual(signature, expected)) return "";
  }
  return "no signature in webhook-signature fits the secret and the body";
}

}  // namespace webhook
