#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace webhook {

// Length of the JSON number (RFC 8259 section 6) that the text begins with; 0: none.
std::size_t JsonNumberLength(std::string_view text);

// A JSON number as JavaScript prints it (ECMA-262, Number::toString), where that is exactly the same decimal
// value; nullopt where a double cannot carry it: 12345678901234567890, 1e400, 0.1234567890123456789.
// REQUIRES: text is a JSON number.
std::optional<std::string> JsNumber(std::string_view text);

}  // namespace webhook
