#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/time.h"
#include "domain/trace_context.h"

namespace webhook::trace {

// Numbers of OTLP.
enum class SpanKind { kClient = 3, kProducer = 4 };

// One value that a span says. Never a Secret, a payload, a header's value, or a URL's user info or query.
struct Attribute {
  std::string name;
  std::variant<std::string, std::int64_t> value;

  bool operator==(const Attribute&) const = default;
};

// A span of another trace, or of another branch, that this one comes of.
struct Link {
  TraceId trace{};
  SpanId span{};
  std::string tracestate;

  bool operator==(const Link&) const = default;
};

// A piece of work that has ended.
struct Span {
  TraceId trace{};
  SpanId id{};
  std::optional<SpanId> parent;  // nullopt: the first of its trace
  std::string tracestate;        // of its trace; empty: none
  std::string name;
  SpanKind kind = SpanKind::kClient;
  WallTime started{};
  WallTime ended{};
  std::vector<Attribute> attributes;
  std::vector<Link> links;
  std::string error;  // what it failed with, a word of a closed set; empty: it did not
};

// Where spans go.
class SpanPort {
 public:
  virtual ~SpanPort() = default;
  // From any thread; never blocks, never fails: what finds no room is dropped, and counted.
  virtual void Emit(Span span) = 0;
};

// What tracing needs; whoever has none traces nothing.
struct Tracing {
  SpanPort& spans;
  double sample_ratio = 0;  // 0 to 1: of the traces that begin with us
};

}  // namespace webhook::trace
