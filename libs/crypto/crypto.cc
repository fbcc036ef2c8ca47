#define OPENSSL_SUPPRESS_DEPRECATED  // SHA256_Init() and its kin

#include "crypto/crypto.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <utility>

#include "core/check.h"

namespace webhook::crypto {
namespace {

unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

using Digest = std::array<char, 32>;

// By the interface that OpenSSL 3 calls deprecated, and keeps: the other one allocates twice for each digest,
// which for a body of 1 KiB costs as much as a tenth of the digest itself.
Digest Sha256Of(std::string_view first, std::initializer_list<std::string_view> rest) {
  SHA256_CTX context;
  Digest digest{};
  bool ok = SHA256_Init(&context) == 1 && SHA256_Update(&context, first.data(), first.size()) == 1;
  for (const std::string_view part : rest) ok = ok && SHA256_Update(&context, part.data(), part.size()) == 1;
  ok = ok && SHA256_Final(reinterpret_cast<unsigned char*>(digest.data()), &context) == 1;
  CHECK(ok, "SHA-256 failed");
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

void Wipe(char* bytes, std::size_t count) {
  OPENSSL_cleanse(bytes, count);
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
