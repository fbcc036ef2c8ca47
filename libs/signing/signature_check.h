#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/secret.h"
#include "core/time.h"

namespace webhook {

// Names in lower case.
using ReceivedHeaders = std::map<std::string, std::string>;

// The receiver's side of docs/contract.md: is a request as it was received ours, and if not, why? Each
// returns "" where it is valid, else one sentence that says what to mend.

// X-Platform-Signature.
std::string CheckPlatformSignature(const Secret& secret, const ReceivedHeaders& headers,
                                   const std::string& body);

// webhook-id, webhook-timestamp and webhook-signature of Standard Webhooks 1.0.0. `now`: the time at which it
// may be at most 300 s old; nullopt: any age is good.
std::string CheckStandardSignature(const Secret& secret, const ReceivedHeaders& headers,
                                   const std::string& body, const std::optional<WallTime>& now);

}  // namespace webhook
