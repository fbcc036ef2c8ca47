#pragma once

#include <string>
#include <string_view>

#include "core/encoding.h"
#include "core/result.h"
#include "core/secret.h"

namespace webhook::crypto {

// HMAC-SHA256, 32 bytes.
std::string HmacSha256(std::string_view key, std::string_view message);
// SHA-256, 32 bytes.
std::string Sha256(std::string_view message);
// Compares in a time that depends on the lengths alone.
bool ConstantTimeEqual(std::string_view a, std::string_view b);
// Bytes of the operating system's generator; ends the process where it fails.
std::string RandomBytes(std::size_t count);
Bytes16 Random16();

// AES-256-GCM envelope of one value under a key-encryption key (KEK). Format: version 1 byte, key id 4 bytes
// (first bytes of SHA-256 of the KEK), nonce 12 bytes, ciphertext, tag 16 bytes. `context` is bound as AAD: a
// value copied to another row does not open.
class Envelope {
 public:
  // KEK: 32 bytes; kInvalid otherwise.
  static Result<Envelope> Create(const Secret& kek);
  std::string Seal(std::string_view clear, std::string_view context) const;
  // kInternal with reason "secret_undecryptable" for a wrong key, context or changed bytes.
  Result<Secret> Open(std::string_view sealed, std::string_view context) const;

 private:
  explicit Envelope(Secret kek);
  Secret kek_;
  std::string key_id_;
};

}  // namespace webhook::crypto
