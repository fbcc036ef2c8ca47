#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/result.h"

namespace webhook::rest {

inline constexpr char kBadJson[] = "bad_json";
inline constexpr char kNotJson[] = "unsupported_media_type";  // which REST shows as 415

// kInvalid with reason kBadJson.
Error BadJson(const std::string& detail);

// U+0000 in texts: Postgres stores none; an event's data is bytes to us.
enum class Nul { kRefused, kTaken };

// A request's body as one JSON object: UTF-8, depth at most 64, no key twice. kInvalid with reason kBadJson,
// which REST shows as 400. Takes time in proportion to the body.
Result<nlohmann::json> ParseBody(std::string_view body, Nul nul = Nul::kRefused);

}  // namespace webhook::rest
