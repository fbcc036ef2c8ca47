#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace webhook::load {

// A request at the beginning of what was read; views into it.
struct SinkRequest {
  std::string_view target;
  std::string_view body;
  std::size_t size = 0;  // of all of it
};

// The next request of a connection, where it is there whole. For benchmarks among friends: it knows HTTP/1.1
// with Content-Length as our own client writes it, and nothing else.
std::optional<SinkRequest> NextRequest(std::string_view read);

// The number after `"sent_us":` in an event's body: when it was published, microseconds since 1970.
std::optional<long long> SentUs(std::string_view body);

}  // namespace webhook::load
