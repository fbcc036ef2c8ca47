#include "crypto/api_key.h"

#include "core/encoding.h"
#include "crypto/crypto.h"

namespace webhook::crypto {

Secret NewApiKey() {
  return Secret("whk_" + ToBase64Url(RandomBytes(32)));
}

std::string ApiKeyHmac(const Secret& pepper, std::string_view key) {
  // Callers send the same key with each call.
  thread_local Secret last_pepper;
  thread_local Secret last_key;
  thread_local std::string last;
  if (last.empty() || !ConstantTimeEqual(key, last_key.Reveal()) ||
      !ConstantTimeEqual(pepper.Reveal(), last_pepper.Reveal())) {
    last_pepper = pepper;
    last_key = Secret(std::string(key));
    last = HmacSha256(pepper.Reveal(), key);
  }
  return last;
}

std::string_view BearerToken(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = authorization[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != kScheme[i]) return {};
  }
  std::string_view token = authorization.substr(kScheme.size());
  while (token.starts_with(' ')) token.remove_prefix(1);
  while (token.ends_with(' ')) token.remove_suffix(1);
  return token.find(' ') == std::string_view::npos ? token : std::string_view{};
}

}  // namespace webhook::crypto
