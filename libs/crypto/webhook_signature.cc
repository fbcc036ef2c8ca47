#include "crypto/webhook_signature.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/encoding.h"
#include "crypto/crypto.h"

namespace webhook::crypto {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kMinBytes = 24;
constexpr std::size_t kMaxBytes = 64;
constexpr std::size_t kMinText = 24;
constexpr std::size_t kMaxText = 128;

// What stands behind "whsec_" in a secret of at most kMaxText, into `out`; gives its size.
std::optional<std::size_t> DecodePart(std::string_view secret, std::array<char, kMaxText>* out) {
  if (secret.size() > kMaxText || !secret.starts_with(kPrefix)) return std::nullopt;
  return DecodeBase64(secret.substr(kPrefix.size()), out->data());
}

}  // namespace

std::string PlatformSignature(const Secret& secret, std::string_view body) {
  std::string signature;
  AppendPlatformSignature(secret, body, &signature);
  return signature;
}

void AppendPlatformSignature(const Secret& secret, std::string_view body, std::string* out) {
  const auto mac = HmacSha256(secret.Reveal(), {body});
  out->append("sha256=");
  AppendHex({mac.data(), mac.size()}, out);
}

std::string StandardSignature(const Secret& secret, std::string_view id, std::int64_t timestamp,
                              std::string_view body) {
  std::string signature;
  AppendStandardSignature(secret, id, timestamp, body, &signature);
  return signature;
}

void AppendStandardSignature(const Secret& secret, std::string_view id, std::int64_t timestamp,
                             std::string_view body, std::string* out) {
  const std::string_view text = secret.Reveal();
  std::array<char, kMaxText> decoded;
  const auto size = DecodePart(text, &decoded);
  const std::string_view key = size ? std::string_view(decoded.data(), *size) : text;
  const auto mac = HmacSha256(key, {id, ".", std::to_string(timestamp), ".", body});
  Wipe(decoded.data(), decoded.size());
  out->append("v1,");
  AppendBase64({mac.data(), mac.size()}, out);
}

Secret NewSigningSecret() {
  return Secret(std::string(kPrefix) + ToBase64(RandomBytes(32)));
}

Status CheckSigningSecret(const Secret& secret, const std::string& pointer) {
  const std::string& text = secret.Reveal();
  if (text.starts_with(kPrefix)) {
    std::array<char, kMaxText> decoded;
    const auto size = DecodePart(text, &decoded);
    Wipe(decoded.data(), decoded.size());
    if (size && *size >= kMinBytes && *size <= kMaxBytes) return Ok();
    return InvalidError({{pointer, "bad_secret", "after whsec_ there must be base64 of 24 to 64 bytes"}});
  }
  const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x21 && c <= 0x7E; });
  if (printable && text.size() >= kMinText && text.size() <= kMaxText) return Ok();
  return InvalidError({{pointer, "bad_secret",
                        "must be whsec_ and base64 of 24 to 64 bytes, or 24 to 128 printable characters"}});
}

}  // namespace webhook::crypto
