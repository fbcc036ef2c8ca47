#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace webhook::crypto {

struct CertificateFacts {
  WallTime expires_at{};           // when the first of its chain ends, the authority among it
  std::vector<std::string> names;  // DNS names of the subject's alternative names
};

// Whether a service can show itself with these PEM texts, as a server and as a client: the first certificate
// of `chain` belongs to `key`, is valid at `now`, may be used for both, and leads, by the others of the
// chain, to one of `authorities`. kInvalid with the first thing that is wrong; never with a part of the key.
Result<CertificateFacts> CheckIdentity(std::string_view chain, std::string_view key,
                                       std::string_view authorities, WallTime now);

}  // namespace webhook::crypto
