#pragma once

#include <string>

namespace webhook::trace {

struct ExportSettings {
  // Of OTLP over HTTP, "http://collector.tracing.svc.cluster.local:4318": http or https, a path but no query;
  // empty: nothing is traced.
  std::string endpoint;
  double sample_ratio = 0;  // 0 to 1: of the traces that begin with us
};

}  // namespace webhook::trace
