#include "tests/load/sink/request_reader.h"

#include <strings.h>

#include <charconv>
#include <cstring>

namespace webhook::load {
namespace {

std::size_t Find(std::string_view where, std::string_view what) {
  const void* found = memmem(where.data(), where.size(), what.data(), what.size());
  return found == nullptr ? std::string_view::npos
                          : static_cast<std::size_t>(static_cast<const char*>(found) - where.data());
}

std::size_t ContentLength(std::string_view head) {
  constexpr std::string_view kName = "\r\ncontent-length: ";
  for (std::size_t at = 0; at + kName.size() < head.size(); ++at) {
    const auto* next = static_cast<const char*>(memchr(head.data() + at, '\r', head.size() - at));
    if (next == nullptr) return 0;
    at = static_cast<std::size_t>(next - head.data());
    if (head.size() - at <= kName.size() || strncasecmp(next, kName.data(), kName.size()) != 0) continue;
    std::size_t length = 0;
    std::from_chars(next + kName.size(), head.data() + head.size(), length);
    return length;
  }
  return 0;
}

}  // namespace

std::optional<SinkRequest> NextRequest(std::string_view read) {
  const std::size_t end = Find(read, "\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view head = read.substr(0, end);
  SinkRequest request;
  const std::size_t target = head.find(' ') + 1;
  request.target = head.substr(target, head.find(' ', target) - target);
  const std::size_t length = ContentLength(head);
  request.size = end + 4 + length;
  if (read.size() < request.size) return std::nullopt;
  request.body = read.substr(end + 4, length);
  return request;
}

std::optional<long long> SentUs(std::string_view body) {
  constexpr std::string_view kName = "\"sent_us\":";
  const std::size_t at = Find(body, kName);
  if (at == std::string_view::npos) return std::nullopt;
  long long us = 0;
  const char* begin = body.data() + at + kName.size();
  if (std::from_chars(begin, body.data() + body.size(), us).ec != std::errc{}) return std::nullopt;
  return us;
}

}  // namespace webhook::load
