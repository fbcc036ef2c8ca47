#include "domain/hash.h"

#include <xxhash.h>

namespace webhook {

std::uint64_t Hash64(std::string_view bytes) {
  return XXH64(bytes.data(), bytes.size(), 0);
}

}  // namespace webhook
