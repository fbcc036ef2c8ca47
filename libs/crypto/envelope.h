#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/secret.h"

namespace webhook::crypto {

// Envelope encryption of one value (AES-256-GCM): under a data key of its own, which is sealed under a
// key-encryption key (KEK). Format: version 1 byte, KEK id 4 bytes (first bytes of its SHA-256), nonce 12 and
// sealed data key 48 bytes, nonce 12 bytes, ciphertext, tag 16 bytes. `context` is bound to both as AAD: a
// value that is copied to another row does not open. Immutable; from any thread.
class Envelope {
 public:
  // Each KEK: 32 bytes; kInvalid "bad_kek" otherwise. `old`: KEKs that open and seal no more.
  static Result<Envelope> Create(const Secret& kek, const std::vector<Secret>& old = {});

  std::string Seal(std::string_view clear, std::string_view context) const;
  // kInternal with reason "secret_undecryptable" for an unknown key, another context or changed bytes.
  Result<Secret> Open(std::string_view sealed, std::string_view context) const;
  // The same value with its data key sealed under the present KEK. Fails as Open().
  Result<std::string> Rewrap(std::string_view sealed, std::string_view context) const;
  // What everything begins with that is sealed under the present KEK.
  std::string header() const;

 private:
  Envelope() = default;
  Result<std::string> OpenDataKey(std::string_view sealed, std::string_view context) const;
  std::string SealDataKey(std::string_view data_key, std::string_view context) const;

  std::string kek_id_;                  // of the present one
  std::map<std::string, Secret> keks_;  // by id
};

}  // namespace webhook::crypto
