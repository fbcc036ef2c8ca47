#include "crypto/envelope.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <utility>

#include "core/check.h"
#include "crypto/crypto.h"

namespace webhook::crypto {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kKeyIdBytes = 4;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr char kVersion = 2;
constexpr std::size_t kHeaderBytes = 1 + kKeyIdBytes;
constexpr std::size_t kSealedKeyBytes = kNonceBytes + kKeyBytes + kTagBytes;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

struct CipherDeleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, CipherDeleter>;

// Nonce, ciphertext, tag.
std::string GcmSeal(std::string_view key, std::string_view clear, std::string_view aad) {
  std::string sealed = RandomBytes(kNonceBytes);
  const std::string nonce = sealed;
  sealed.resize(kNonceBytes + clear.size() + kTagBytes);
  const CipherContext cipher(EVP_CIPHER_CTX_new());
  unsigned char* body = Bytes(sealed) + kNonceBytes;
  int size = 0;
  const bool ok =
      cipher != nullptr &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(nonce)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, Bytes(aad), static_cast<int>(aad.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), body, &size, Bytes(clear), static_cast<int>(clear.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), body + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, body + clear.size()) == 1;
  CHECK(ok, "AES-256-GCM failed");
  return sealed;
}

// nullopt: another key, other AAD, or changed bytes.
std::optional<std::string> GcmOpen(std::string_view key, std::string_view sealed, std::string_view aad) {
  if (sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
  const std::string_view body = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string clear(body.size(), '\0');
  const CipherContext cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool ok =
      cipher != nullptr &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(sealed)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, Bytes(aad), static_cast<int>(aad.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), Bytes(clear), &size, Bytes(body), static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), Bytes(clear) + size, &size) == 1;
  if (ok) return clear;
  OPENSSL_cleanse(clear.data(), clear.size());
  return std::nullopt;
}

Error Undecryptable() {
  return {ErrorCode::kInternal, "secret_undecryptable", "a stored secret cannot be decrypted"};
}

}  // namespace

Result<Envelope> Envelope::Create(const Secret& kek, const std::vector<Secret>& old) {
  Envelope envelope;
  std::vector<Secret> all = old;
  all.push_back(kek);
  for (const Secret& key : all) {
    if (key.Reveal().size() != kKeyBytes)
      return Error{ErrorCode::kInvalid, "bad_kek", "a key-encryption key must have 32 bytes"};
    envelope.kek_id_ = Sha256(key.Reveal()).substr(0, kKeyIdBytes);
    envelope.keks_.insert_or_assign(envelope.kek_id_, key);
  }
  return envelope;
}

std::string Envelope::header() const {
  return kVersion + kek_id_;
}

std::string Envelope::SealDataKey(std::string_view data_key, std::string_view context) const {
  return header() + GcmSeal(keks_.at(kek_id_).Reveal(), data_key, context);
}

Result<std::string> Envelope::OpenDataKey(std::string_view sealed, std::string_view context) const {
  if (sealed.size() < kHeaderBytes + kSealedKeyBytes || sealed[0] != kVersion) return Undecryptable();
  const auto kek = keks_.find(std::string(sealed.substr(1, kKeyIdBytes)));
  if (kek == keks_.end()) return Undecryptable();
  auto key = GcmOpen(kek->second.Reveal(), sealed.substr(kHeaderBytes, kSealedKeyBytes), context);
  return key ? Result<std::string>(std::move(*key)) : Undecryptable();
}

std::string Envelope::Seal(std::string_view clear, std::string_view context) const {
  std::string data_key = RandomBytes(kKeyBytes);
  std::string sealed = SealDataKey(data_key, context) + GcmSeal(data_key, clear, context);
  OPENSSL_cleanse(data_key.data(), data_key.size());
  return sealed;
}

Result<Secret> Envelope::Open(std::string_view sealed, std::string_view context) const {
  auto data_key = OpenDataKey(sealed, context);
  if (!data_key) return data_key.error();
  auto clear = GcmOpen(*data_key, sealed.substr(kHeaderBytes + kSealedKeyBytes), context);
  OPENSSL_cleanse(data_key->data(), data_key->size());
  return clear ? Result<Secret>(Secret(std::move(*clear))) : Undecryptable();
}

Result<std::string> Envelope::Rewrap(std::string_view sealed, std::string_view context) const {
  // A value that would not open is not given a new seal.
  if (const auto opens = Open(sealed, context); !opens) return opens.error();
  auto data_key = OpenDataKey(sealed, context);
  if (!data_key) return data_key.error();
  std::string fresh = SealDataKey(*data_key, context);
  OPENSSL_cleanse(data_key->data(), data_key->size());
  return fresh.append(sealed.substr(kHeaderBytes + kSealedKeyBytes));
}

}  // namespace webhook::crypto
