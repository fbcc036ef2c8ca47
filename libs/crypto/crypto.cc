#include "crypto/crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <array>
#include <memory>
#include <utility>

#include "core/check.h"

namespace webhook::crypto {
namespace {

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

struct MacDeleter {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

// A context is costlier to make than a MAC to compute: one a thread, given another key each time.
EVP_MAC_CTX* ThreadsHmac() {
  thread_local const std::unique_ptr<EVP_MAC_CTX, MacDeleter> context = [] {
    EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    CHECK(mac != nullptr, "OpenSSL has no HMAC");
    EVP_MAC_CTX* made = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    CHECK(made != nullptr && EVP_MAC_CTX_set_params(made, parameters) == 1, "OpenSSL has no HMAC-SHA256");
    return std::unique_ptr<EVP_MAC_CTX, MacDeleter>(made);
  }();
  return context.get();
}

}  // namespace

std::array<char, 32> HmacSha256(std::string_view key, std::initializer_list<std::string_view> message) {
  EVP_MAC_CTX* context = ThreadsHmac();
  // An empty key is not "the key of before": OpenSSL takes a null pointer so.
  const unsigned char* key_bytes = key.empty() ? Bytes("") : Bytes(key);
  std::array<char, 32> mac{};
  std::size_t size = 0;
  bool ok = EVP_MAC_init(context, key_bytes, key.size(), nullptr) == 1;
  for (const std::string_view part : message)
    ok = ok && EVP_MAC_update(context, Bytes(part), part.size()) == 1;
  ok = ok && EVP_MAC_final(context, reinterpret_cast<unsigned char*>(mac.data()), &size, mac.size()) == 1;
  CHECK(ok && size == mac.size(), "HMAC-SHA256 failed");
  return mac;
}

std::string HmacSha256(std::string_view key, std::string_view message) {
  const std::array<char, 32> mac = HmacSha256(key, {message});
  return {mac.data(), mac.size()};
}

std::string Sha256(std::string_view message) {
  std::string digest(32, '\0');
  unsigned int size = 0;
  const int ok = EVP_Digest(message.data(), message.size(), Bytes(digest), &size, EVP_sha256(), nullptr);
  CHECK(ok == 1 && size == digest.size(), "SHA-256 failed");
  return digest;
}

bool ConstantTimeEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string RandomBytes(std::size_t count) {
  std::string bytes(count, '\0');
  CHECK(RAND_bytes(Bytes(bytes), static_cast<int>(count)) == 1, "the random generator failed");
  return bytes;
}

Bytes16 Random16() {
  // The generator takes as long for many as for few.
  constexpr std::size_t kAtOnce = 64;
  thread_local std::array<Bytes16, kAtOnce> drawn;
  thread_local std::size_t left = 0;
  if (left == 0) {
    CHECK(RAND_bytes(drawn.front().data(), static_cast<int>(sizeof drawn)) == 1,
          "the random generator failed");
    left = kAtOnce;
  }
  return drawn[--left];
}

}  // namespace webhook::crypto
