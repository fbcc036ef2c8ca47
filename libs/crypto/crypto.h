#pragma once

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/encoding.h"

namespace webhook::crypto {

// HMAC-SHA256 of the parts of a message, one after the other.
std::array<char, 32> HmacSha256(std::string_view key, std::initializer_list<std::string_view> message);
// The same of a whole one, 32 bytes.
std::string HmacSha256(std::string_view key, std::string_view message);
// SHA-256, 32 bytes.
std::string Sha256(std::string_view message);
// Overwrites what is not to stay in memory.
void Wipe(char* bytes, std::size_t count);
// Compares in a time that depends on the lengths alone.
bool ConstantTimeEqual(std::string_view a, std::string_view b);
// Bytes of the operating system's generator; ends the process where it fails.
std::string RandomBytes(std::size_t count);
Bytes16 Random16();

}  // namespace webhook::crypto
