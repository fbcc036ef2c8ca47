#pragma once

#include <string>
#include <string_view>

#include "core/secret.h"

// What a browser's session is known by. Of the token, which the browser holds in a cookie, everything else is
// derived under the pepper of API keys, each with a label of its own: one says nothing of the other.
namespace webhook::crypto {

// A new token: base64url of 32 random bytes, 43 characters.
Secret NewSessionToken();
// What is stored and compared in its place: HMAC-SHA256 under the pepper, 32 bytes.
std::string SessionHmac(const Secret& pepper, std::string_view token);
// What a page shows with each change, to prove that it could read an answer of ours: base64url, 43
// characters.
std::string CsrfToken(const Secret& pepper, std::string_view token);

}  // namespace webhook::crypto
