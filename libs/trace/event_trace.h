#pragma once

#include <optional>
#include <string_view>

#include "domain/event.h"
#include "domain/trace_context.h"

namespace webhook::trace {

// True of this share, 0 to 1, of all trace ids: always of the same ones, so that every process that has the
// same ratio decides alike. Reads the 56 bits that are random by W3C Trace Context.
bool InSample(const TraceId& trace, double ratio);

// An id that is derived from the name. Never zeros.
TraceId TraceIdOf(std::string_view name);
SpanId SpanIdOf(std::string_view name);

// Where an event stands. All of it follows from the event's record, so that whoever reads that knows the span
// of its publish without being told (ADR 0017).
struct EventTrace {
  TraceId trace{};               // the caller's, or one of the event's own
  std::optional<SpanId> caller;  // nullopt: it came without a trace context
  SpanId publish{};              // of its span `publish`
  bool sampled = false;          // as its caller says; without one, by `ratio`
};
EventTrace TraceOf(const Event& event, double ratio);

}  // namespace webhook::trace
