#pragma once

#include <memory>

#include "core/result.h"
#include "services/registry/config.h"

namespace webhook {

// The running registry: the only place that knows every type.
class Registry {
 public:
  // Starts all threads. Postgres and Kafka may come later: until then the registry is not ready. Fails only
  // where waiting would not help, for example where a port is taken.
  static Result<std::unique_ptr<Registry>> Start(const Config& config);
  ~Registry();

  // SIGTERM: readiness off, intake stopped, requests under way finished, the log's batch written.
  void Drain();

 private:
  struct Parts;
  explicit Registry(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace webhook
