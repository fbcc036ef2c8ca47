#pragma once

#include <string>
#include <string_view>

#include "core/secret.h"

namespace webhook::crypto {

// A new API key: "whk_" + base64url of 32 random bytes. Shown once.
Secret NewApiKey();
// What is stored and compared in its place: HMAC-SHA256 under the pepper, 32 bytes.
std::string ApiKeyHmac(const Secret& pepper, std::string_view key);
// The key in an `Authorization: Bearer …` value (scheme in any case, RFC 6750); empty: not of that form.
std::string_view BearerToken(std::string_view authorization);

}  // namespace webhook::crypto
