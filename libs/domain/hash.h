#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/encoding.h"

namespace webhook {

// XXH64 with seed 0: stable on every machine and for ever, so it may be stored. Not for secrets.
std::uint64_t Hash64(std::string_view bytes);
// XXH3 with 128 bits and seed 0, the same holds for it.
Bytes16 Hash128(std::string_view bytes);
// SHA-1 (RFC 3174): what UUIDv5 is made by. Not for secrets.
std::array<std::uint8_t, 20> Sha1(std::string_view bytes);

}  // namespace webhook
