#pragma once

#include <memory>

#include "core/result.h"
#include "services/event-ingest/config.h"

namespace webhook {

// The running event-ingest: the only place that knows every type.
class Ingest {
 public:
  // Starts all threads. Registry and Kafka may come later: until then it is not ready. Fails only where
  // waiting would not help, for example where a port is taken.
  static Result<std::unique_ptr<Ingest>> Start(const Config& config);
  ~Ingest();

  // SIGTERM: readiness off, no new calls, those under way answered.
  void Drain();

 private:
  struct Parts;
  explicit Ingest(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace webhook
