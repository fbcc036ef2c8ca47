#include "domain/hash.h"

#include <xxhash.h>

#include <bit>
#include <cstring>

namespace webhook {
namespace {

constexpr std::size_t kBlock = 64;

using Sha1State = std::array<std::uint32_t, 5>;

// Sixteen of the eighty words at a time: each is made of those before it.
class Sha1Words {
 public:
  explicit Sha1Words(const unsigned char* block) {
    for (std::size_t i = 0; i < words_.size(); ++i, block += 4)
      words_[i] = static_cast<std::uint32_t>(block[0]) << 24 | static_cast<std::uint32_t>(block[1]) << 16 |
                  static_cast<std::uint32_t>(block[2]) << 8 | block[3];
  }

  std::uint32_t Get(std::size_t i) {
    std::uint32_t& word = words_[i & 15];
    if (i >= words_.size())
      word = std::rotl(words_[(i + 13) & 15] ^ words_[(i + 8) & 15] ^ words_[(i + 2) & 15] ^ word, 1);
    return word;
  }

 private:
  std::array<std::uint32_t, 16> words_;
};

// Twenty rounds from the `first` on.
template <typename F>
void Sha1Rounds(std::size_t first, std::uint32_t constant, Sha1Words& words, Sha1State& state, F mix) {
  auto [a, b, c, d, e] = state;
  for (std::size_t i = first; i < first + 20; ++i) {
    const std::uint32_t next = std::rotl(a, 5) + mix(b, c, d) + e + constant + words.Get(i);
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state = {a, b, c, d, e};
}

void AddSha1Block(const unsigned char* block, Sha1State& sum) {
  Sha1Words words(block);
  Sha1State state = sum;
  const auto parity = [](auto b, auto c, auto d) { return b ^ c ^ d; };
  Sha1Rounds(0, 0x5A827999, words, state, [](auto b, auto c, auto d) { return d ^ (b & (c ^ d)); });
  Sha1Rounds(20, 0x6ED9EBA1, words, state, parity);
  Sha1Rounds(40, 0x8F1BBCDC, words, state, [](auto b, auto c, auto d) { return (b & c) | (d & (b | c)); });
  Sha1Rounds(60, 0xCA62C1D6, words, state, parity);
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += state[i];
}

}  // namespace

std::uint64_t Hash64(std::string_view bytes) {
  return XXH64(bytes.data(), bytes.size(), 0);
}

Bytes16 Hash128(std::string_view bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  Bytes16 result;
  std::memcpy(result.data(), canonical.digest, result.size());
  return result;
}

std::array<std::uint8_t, 20> Sha1(std::string_view bytes) {
  Sha1State sum = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  const std::uint64_t bits = bytes.size() * 8;
  for (; bytes.size() >= kBlock; bytes.remove_prefix(kBlock))
    AddSha1Block(reinterpret_cast<const unsigned char*>(bytes.data()), sum);
  // The rest, a one, and the length at the end of a block.
  std::array<unsigned char, 2 * kBlock> end{};
  std::memcpy(end.data(), bytes.data(), bytes.size());
  end[bytes.size()] = 0x80;
  const std::size_t size = bytes.size() + 9 <= kBlock ? kBlock : 2 * kBlock;
  for (std::size_t i = 0; i < 8; ++i) end[size - 1 - i] = static_cast<unsigned char>(bits >> (8 * i));
  for (std::size_t at = 0; at < size; at += kBlock) AddSha1Block(end.data() + at, sum);
  std::array<std::uint8_t, 20> digest;
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::uint8_t>(sum[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

}  // namespace webhook
