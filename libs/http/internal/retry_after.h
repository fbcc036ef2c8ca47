#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "core/time.h"

namespace webhook::http {

// Retry-After (RFC 9110 section 10.2.3): seconds or an HTTP date; at most an hour (docs/contract.md, point
// 4), not below 0; nullopt: neither form.
std::optional<std::chrono::seconds> ParseRetryAfter(std::string_view value, WallTime now);

}  // namespace webhook::http
