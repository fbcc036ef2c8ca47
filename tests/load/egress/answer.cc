#include "tests/load/egress/answer.h"

#include <strings.h>

#include <charconv>
#include <cstring>

namespace webhook::load {
namespace {

bool StartsWith(std::string_view line, std::string_view name) {
  return line.size() >= name.size() && strncasecmp(line.data(), name.data(), name.size()) == 0;
}

}  // namespace

std::optional<Answer> ReadAnswer(std::string_view read) {
  constexpr std::size_t kStatusAt = 9;  // after "HTTP/1.1 "
  constexpr std::string_view kLength = "content-length: ";
  if (read.size() < kStatusAt + 3) return std::nullopt;
  Answer answer;
  std::from_chars(read.data() + kStatusAt, read.data() + kStatusAt + 3, answer.status);
  std::size_t length = 0;
  for (std::size_t at = 0;;) {
    const void* end = memchr(read.data() + at, '\n', read.size() - at);
    if (end == nullptr) return std::nullopt;
    const std::size_t next = static_cast<std::size_t>(static_cast<const char*>(end) - read.data()) + 1;
    const std::string_view line = read.substr(at, next - at);
    at = next;
    if (line.size() <= 2) {
      if (read.size() < at + length) return std::nullopt;
      return answer;
    }
    if (StartsWith(line, kLength)) {
      std::from_chars(line.data() + kLength.size(), line.data() + line.size(), length);
    } else if (StartsWith(line, "connection: close")) {
      answer.close = true;
    }
  }
}

}  // namespace webhook::load
