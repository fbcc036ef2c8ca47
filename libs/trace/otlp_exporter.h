#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/result.h"
#include "metrics/metrics.h"
#include "trace/export_settings.h"
#include "trace/span.h"

namespace webhook::trace {

// Of settings.endpoint. kInvalid with what would be right.
Status CheckEndpoint(const std::string& endpoint, const std::string& pointer);

// Exports spans to a collector over OTLP/HTTP with JSON: POST {endpoint}/v1/traces, in batches of 512 spans
// or what there is each second, each tried once for 5 s at most. On a thread and connections of its own, so
// that no publish and no delivery waits for it. Says so once where the collector begins to fail, and once
// where it works again.
class OtlpExporter {
 public:
  // Null where there is no endpoint. `service`: of the spans' resource. `registry` outlives it.
  static Result<std::unique_ptr<OtlpExporter>> Start(const ExportSettings& settings,
                                                     const std::string& service, metrics::Registry& registry);
  ~OtlpExporter();

  // As long as this lives.
  const Tracing& tracing() const;
  // Sends what waits, once, and ends; what comes later is dropped. Takes at most `longest`, and 5 s.
  void Drain(std::chrono::milliseconds longest);

 private:
  struct State;
  explicit OtlpExporter(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace webhook::trace
