#include "trace/event_trace.h"

#include <cmath>
#include <string>

#include "domain/hash.h"

namespace webhook::trace {

bool InSample(const TraceId& trace, double ratio) {
  constexpr int kRandomBits = 56;
  constexpr int kDoubleBits = 53;  // more a double cannot tell apart
  std::uint64_t random = 0;
  for (std::size_t i = trace.size() - kRandomBits / 8; i < trace.size(); ++i) random = random << 8 | trace[i];
  random >>= kRandomBits - kDoubleBits;
  return static_cast<double>(random) >= (1 - ratio) * std::ldexp(1, kDoubleBits);
}

TraceId TraceIdOf(std::string_view name) {
  TraceId id = Hash128(name);
  if (id == TraceId{}) id.back() = 1;
  return id;
}

SpanId SpanIdOf(std::string_view name) {
  std::uint64_t hash = Hash64(name);
  SpanId id{};
  for (std::uint8_t& byte : id) {
    byte = static_cast<std::uint8_t>(hash >> 56);
    hash <<= 8;
  }
  if (id == SpanId{}) id.back() = 1;
  return id;
}

EventTrace TraceOf(const Event& event, double ratio) {
  EventTrace found;
  const std::string name = event.account.str() + "|" + event.id.str();
  if (const auto context = ParseTraceparent(event.traceparent)) {
    found.trace = context->trace;
    found.caller = context->span;
    found.sampled = context->sampled();
  } else {
    found.trace = TraceIdOf("event|" + name);
    found.sampled = InSample(found.trace, ratio);
  }
  if (!found.sampled) return found;
  // With the time: who publishes the same event again makes another span.
  found.publish = SpanIdOf("publish|" + event.traceparent + "|" + name + "|" +
                           std::to_string(event.accepted_at.time_since_epoch().count()));
  return found;
}

}  // namespace webhook::trace
