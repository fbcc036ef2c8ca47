#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace webhook {

using Bytes16 = std::array<std::uint8_t, 16>;

// Each Append…() writes behind what is there.

// Lower-case hex.
std::string ToHex(std::string_view bytes);
void AppendHex(std::string_view bytes, std::string* out);
// RFC 4648 section 4, padded.
std::string ToBase64(std::string_view bytes);
void AppendBase64(std::string_view bytes, std::string* out);
// RFC 4648 section 5, without padding.
std::string ToBase64Url(std::string_view bytes);
// Strict RFC 4648 section 4: padding needed, no other characters; nullopt otherwise.
std::optional<std::string> FromBase64(std::string_view text);
// The same into `out`, which has room for three bytes for each four characters; gives their number.
std::optional<std::size_t> DecodeBase64(std::string_view text, char* out);
// 26 characters of lower-case Crockford base32; keeps the order of the bytes.
std::string ToBase32(const Bytes16& bytes);
void AppendBase32(const Bytes16& bytes, std::string* out);
// RFC 3986 section 2.1: all but unreserved characters as %XX.
std::string PercentEncode(std::string_view text);
// A name as one part of a JSON pointer (RFC 6901 section 3): "a/b~" is "a~1b~0".
std::string ToPointerPart(std::string_view name);
// The text, or where it is longer than `most` bytes, its beginning up to a whole character, and an ellipsis.
std::string ClipUtf8(const std::string& text, std::size_t most);
// True for well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
bool IsUtf8(std::string_view bytes);

}  // namespace webhook
