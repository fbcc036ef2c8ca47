#pragma once

#include <string>
#include <vector>

#include "trace/span.h"

namespace webhook::trace {

// Who tells the spans.
struct Resource {
  std::string service;  // "event-ingest"
  std::string version;
  std::string host;  // tells replicas apart: in Kubernetes the pod's name
};

// ExportTraceServiceRequest in OTLP's JSON (opentelemetry-proto 1.x): lower camel case, ids as lower-case
// hex, 64-bit numbers as text, enums as numbers. What is no UTF-8 becomes U+FFFD. Pure.
std::string EncodeOtlp(const Resource& resource, const std::vector<Span>& spans);

}  // namespace webhook::trace
