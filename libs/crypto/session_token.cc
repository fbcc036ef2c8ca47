#include "crypto/session_token.h"

#include "core/encoding.h"
#include "crypto/crypto.h"

namespace webhook::crypto {
namespace {

std::string Derive(const Secret& pepper, std::string_view label, std::string_view token) {
  return HmacSha256(pepper.Reveal(), std::string(label).append(token));
}

}  // namespace

Secret NewSessionToken() {
  return Secret(ToBase64Url(RandomBytes(32)));
}

std::string SessionHmac(const Secret& pepper, std::string_view token) {
  return Derive(pepper, "session/", token);
}

std::string CsrfToken(const Secret& pepper, std::string_view token) {
  return ToBase64Url(Derive(pepper, "session-csrf/", token));
}

}  // namespace webhook::crypto
