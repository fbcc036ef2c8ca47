#include "core/encoding.h"

#include <cstring>

namespace webhook {
namespace {

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kBase64Url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void EncodeBase64(std::string_view bytes, const char* alphabet, bool pad, std::string* out) {
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    std::uint32_t group = static_cast<std::uint8_t>(bytes[i]) * 65536u;
    if (left > 1) group += static_cast<std::uint8_t>(bytes[i + 1]) * 256u;
    if (left > 2) group += static_cast<std::uint8_t>(bytes[i + 2]);
    out->push_back(alphabet[group >> 18]);
    out->push_back(alphabet[(group >> 12) & 63]);
    if (left > 1) out->push_back(alphabet[(group >> 6) & 63]);
    if (left > 2) out->push_back(alphabet[group & 63]);
    if (pad && left < 3) out->append(3 - left, '=');
  }
}

std::size_t Base64Size(std::string_view bytes) {
  return (bytes.size() + 2) / 3 * 4;
}

int Base64Value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

// The first byte from `at` on that is no ASCII, or the end.
std::size_t AsciiEnd(std::string_view bytes, std::size_t at) {
  for (; at + sizeof(std::uint64_t) <= bytes.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    if ((word & 0x8080808080808080) != 0) break;
  }
  while (at < bytes.size() && static_cast<std::uint8_t>(bytes[at]) < 0x80) ++at;
  return at;
}

}  // namespace

std::string ToHex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  AppendHex(bytes, &out);
  return out;
}

void AppendHex(std::string_view bytes, std::string* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    out->push_back(kDigits[byte >> 4]);
    out->push_back(kDigits[byte & 15]);
  }
}

std::string ToBase64(std::string_view bytes) {
  std::string out;
  out.reserve(Base64Size(bytes));
  AppendBase64(bytes, &out);
  return out;
}

void AppendBase64(std::string_view bytes, std::string* out) {
  EncodeBase64(bytes, kBase64, true, out);
}

std::string ToBase64Url(std::string_view bytes) {
  std::string out;
  out.reserve(Base64Size(bytes));
  EncodeBase64(bytes, kBase64Url, false, &out);
  return out;
}

std::optional<std::string> FromBase64(std::string_view text) {
  std::string out(text.size() / 4 * 3, '\0');
  const auto size = DecodeBase64(text, out.data());
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

std::optional<std::size_t> DecodeBase64(std::string_view text, char* out) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::size_t size = 0;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text.substr(0, text.size() - padding)) {
    const int value = Base64Value(c);
    if (value < 0) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out[size++] = static_cast<char>((bits >> held) & 255);
    }
  }
  if ((bits & ((1u << held) - 1)) != 0) return std::nullopt;
  return size;
}

std::string ToBase32(const Bytes16& bytes) {
  std::string out;
  out.reserve(26);
  AppendBase32(bytes, &out);
  return out;
}

void AppendBase32(const Bytes16& bytes, std::string* out) {
  constexpr char kCrockford[] = "0123456789abcdefghjkmnpqrstvwxyz";
  // 26 digits hold 130 bits: two zero bits lead, so that the text sorts as the bytes do.
  std::uint32_t bits = 0;
  int held = 2;
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8) | byte;
    held += 8;
    while (held >= 5) {
      held -= 5;
      out->push_back(kCrockford[(bits >> held) & 31]);
    }
  }
}

std::string PercentEncode(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    if (plain) {
      encoded += c;
    } else {
      encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return encoded;
}

std::string ToPointerPart(std::string_view name) {
  std::string part;
  part.reserve(name.size());
  for (const char c : name) {
    if (c == '~') {
      part += "~0";
    } else if (c == '/') {
      part += "~1";
    } else {
      part += c;
    }
  }
  return part;
}

std::string ClipUtf8(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

bool IsUtf8(std::string_view bytes) {
  std::size_t i = 0;
  const auto at = [&](std::size_t k) { return static_cast<std::uint8_t>(bytes[k]); };
  while (i < bytes.size()) {
    i = AsciiEnd(bytes, i);
    if (i == bytes.size()) return true;
    const std::uint8_t lead = at(i);
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || i + length > bytes.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((at(i + k) & 0xC0) != 0x80) return false;
    }
    const std::uint8_t second = at(i + 1);
    const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool surrogate = lead == 0xED && second > 0x9F;
    const bool beyond = lead == 0xF4 && second > 0x8F;
    if (overlong || surrogate || beyond) return false;
    i += length;
  }
  return true;
}

}  // namespace webhook
