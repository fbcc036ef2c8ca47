#include "crypto/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <memory>
#include <utility>

#include "core/check.h"

namespace webhook::crypto {
namespace {

unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

struct DigestDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

using Digest = std::array<char, 32>;

// A context is costlier to make than a digest to compute: each thread keeps one.
Digest Sha256Of(std::string_view first, std::initializer_list<std::string_view> rest) {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, DigestDeleter> kept(EVP_MD_CTX_new());
  EVP_MD_CTX* const context = kept.get();
  Digest digest{};
  unsigned int size = 0;
  bool ok = sha256 != nullptr && context != nullptr && EVP_DigestInit_ex2(context, sha256, nullptr) == 1 &&
            EVP_DigestUpdate(context, first.data(), first.size()) == 1;
  for (const std::string_view part : rest)
    ok = ok && EVP_DigestUpdate(context, part.data(), part.size()) == 1;
  ok = ok && EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(digest.data()), &size) == 1;
  CHECK(ok && size == digest.size(), "SHA-256 failed");
  return digest;
}

template <std::size_t N>
std::string_view View(const std::array<char, N>& bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace

// RFC 2104. OpenSSL's own takes ten allocations for each.
std::array<char, 32> HmacSha256(std::string_view key, std::initializer_list<std::string_view> message) {
  constexpr std::size_t kBlock = 64;
  constexpr char kInner = 0x36;
  constexpr char kOuter = 0x5C;
  Digest shorter{};
  if (key.size() > kBlock) {
    shorter = Sha256Of(key, {});
    key = View(shorter);
  }
  std::array<char, kBlock> inner;
  std::array<char, kBlock> outer;
  for (std::size_t at = 0; at < kBlock; ++at) {
    const char byte = at < key.size() ? key[at] : '\0';
    inner[at] = static_cast<char>(byte ^ kInner);
    outer[at] = static_cast<char>(byte ^ kOuter);
  }
  const Digest mac = Sha256Of(View(outer), {View(Sha256Of(View(inner), message))});
  OPENSSL_cleanse(inner.data(), inner.size());
  OPENSSL_cleanse(outer.data(), outer.size());
  OPENSSL_cleanse(shorter.data(), shorter.size());
  return mac;
}

std::string HmacSha256(std::string_view key, std::string_view message) {
  const std::array<char, 32> mac = HmacSha256(key, {message});
  return {mac.data(), mac.size()};
}

std::string Sha256(std::string_view message) {
  return std::string(View(Sha256Of(message, {})));
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
