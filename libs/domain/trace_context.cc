#include "domain/trace_context.h"

#include <algorithm>
#include <array>

namespace webhook {
namespace {

// "00-<32 hex>-<16 hex>-<2 hex>"
constexpr std::size_t kLength = 55;
constexpr std::size_t kTraceAt = 3;
constexpr std::size_t kSpanAt = 36;
constexpr std::size_t kFlagsAt = 53;
constexpr std::array<std::size_t, 3> kDashes = {2, 35, 52};

constexpr std::size_t kMaxTracestate = 512;
constexpr std::size_t kMaxMembers = 32;
constexpr std::size_t kMaxPart = 256;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

template <std::size_t kCount>
bool ReadHex(std::string_view text, std::array<std::uint8_t, kCount>* out) {
  for (std::size_t i = 0; i < kCount; ++i) {
    const int high = HexDigit(text[2 * i]);
    const int low = HexDigit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    (*out)[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

template <std::size_t kCount>
std::string Hex(const std::array<std::uint8_t, kCount>& bytes) {
  return ToHex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

bool IsKey(std::string_view key) {
  const auto begins = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !key.empty() && key.size() <= kMaxPart && begins(key.front()) &&
         std::all_of(key.begin(), key.end(), [&](char c) {
           return begins(c) || std::string_view("_-*/@").find(c) != std::string_view::npos;
         });
}

bool IsValue(std::string_view value) {
  return !value.empty() && value.size() <= kMaxPart && value.back() != ' ' &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c <= 0x7E && c != '='; });
}

std::string_view Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::optional<TraceContext> ParseTraceparent(std::string_view text) {
  if (text.size() < kLength) return std::nullopt;
  for (const std::size_t dash : kDashes) {
    if (text[dash] != '-') return std::nullopt;
  }
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  TraceContext context;
  if (!ReadHex(text, &version) || !ReadHex(text.substr(kTraceAt), &context.trace) ||
      !ReadHex(text.substr(kSpanAt), &context.span) || !ReadHex(text.substr(kFlagsAt), &flags))
    return std::nullopt;
  if (version[0] == 0xFF || context.trace == TraceId{} || context.span == SpanId{}) return std::nullopt;
  if (text.size() > kLength && (version[0] == 0 || text[kLength] != '-')) return std::nullopt;
  context.flags = version[0] == 0 ? flags[0] : static_cast<std::uint8_t>(flags[0] & 1);
  return context;
}

std::string FormatTraceparent(const TraceContext& context) {
  return "00-" + Hex(context.trace) + "-" + Hex(context.span) + "-" +
         Hex(std::array<std::uint8_t, 1>{context.flags});
}

bool IsTracestate(std::string_view text) {
  if (text.size() > kMaxTracestate) return false;
  std::size_t members = 0;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string_view member = Trimmed(text.substr(at, end - at));
    at = end + 1;
    if (member.empty()) continue;  // a list may have holes
    const std::size_t equals = member.find('=');
    if (equals == std::string_view::npos || !IsKey(member.substr(0, equals)) ||
        !IsValue(member.substr(equals + 1)))
      return false;
    ++members;
  }
  return members > 0 && members <= kMaxMembers;
}

}  // namespace webhook
