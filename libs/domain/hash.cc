#include "domain/hash.h"

#include <xxhash.h>

#include <cstring>

namespace webhook {

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

}  // namespace webhook
