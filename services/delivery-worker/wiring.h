#pragma once

#include <memory>

#include "core/result.h"
#include "services/delivery-worker/config.h"

namespace webhook {

// The running worker: the only place that knows every type.
class Worker {
 public:
  // Starts all threads. Fails only where waiting would not help: a port that is taken, an unreadable CA file.
  static Result<std::unique_ptr<Worker>> Start(const Config& config);
  ~Worker();

  // SIGTERM: readiness off, intake stopped, requests in flight finished and recorded, what waits handed over,
  // offsets committed, the group left. Takes at most drain_timeout for the roles, which drain together, and
  // as much again for the producer.
  void Drain();

 private:
  struct Parts;
  explicit Worker(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace webhook
