#pragma once

#include <cstdint>
#include <string_view>

namespace webhook {

// XXH64 with seed 0: stable on every machine and for ever, so it may be stored. Not for secrets.
std::uint64_t Hash64(std::string_view bytes);

}  // namespace webhook
