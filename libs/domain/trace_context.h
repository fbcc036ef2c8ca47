#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/encoding.h"

namespace webhook {

using TraceId = Bytes16;
using SpanId = std::array<std::uint8_t, 8>;

// A place in a trace, as `traceparent` tells it (W3C Trace Context).
struct TraceContext {
  TraceId trace{};
  SpanId span{};
  std::uint8_t flags = 0;

  // Whoever began the trace keeps it.
  bool sampled() const { return (flags & 1) != 0; }
  bool operator==(const TraceContext&) const = default;
};

// nullopt: not well formed, and to be taken as not there: lower-case hex, no id of zeros, no version ff. Of a
// version above 00 what 00 has is read, and of the flags only whether it is sampled.
std::optional<TraceContext> ParseTraceparent(std::string_view text);
// Of version 00.
std::string FormatTraceparent(const TraceContext& context);

// True for a list of key=value as W3C Trace Context has it, of 1 to 512 bytes: what tracing systems tell each
// other beside the traceparent.
bool IsTracestate(std::string_view text);

}  // namespace webhook
