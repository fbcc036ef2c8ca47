#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/secret.h"

namespace webhook::crypto {

// Each Append…() writes behind what is there.

// X-Platform-Signature: "sha256=<hex HMAC-SHA256(secret string, body)>" (contract).
std::string PlatformSignature(const Secret& secret, std::string_view body);
void AppendPlatformSignature(const Secret& secret, std::string_view body, std::string* out);

// webhook-signature of Standard Webhooks 1.0.0: "v1,<base64 HMAC-SHA256(key, id.timestamp.body)>"; the key is
// the decoded part of "whsec_…", or the bytes of a secret that has no such form. timestamp: Unix seconds.
std::string StandardSignature(const Secret& secret, std::string_view id, std::int64_t timestamp,
                              std::string_view body);
void AppendStandardSignature(const Secret& secret, std::string_view id, std::int64_t timestamp,
                             std::string_view body, std::string* out);

// A new secret: "whsec_" + base64 of 32 random bytes.
Secret NewSigningSecret();

// Refuses a caller's secret that is neither "whsec_" + base64 of 24 to 64 bytes nor 24 to 128 printable
// characters (docs/contract.md, point 6): code "bad_secret" at `pointer`.
Status CheckSigningSecret(const Secret& secret, const std::string& pointer);

}  // namespace webhook::crypto
