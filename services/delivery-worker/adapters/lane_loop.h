#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "http/client.h"
#include "runtime/event_loop.h"
#include "services/delivery-worker/engine/admission.h"

namespace webhook {

class PartitionRunner;

// One thread that works: its event loop, the runners of the partitions that it carries, and where it
// delivers, its HTTP client.
class LaneLoop {
 public:
  explicit LaneLoop(const std::string& name);
  LaneLoop(const LaneLoop&) = delete;
  LaneLoop& operator=(const LaneLoop&) = delete;
  ~LaneLoop();

  // Before the first Attach(). kInvalid where the client's CA file cannot be read.
  Status OpenClient(const http::ClientOptions& options, const AdmissionLimits& limits);
  // REQUIRES: OpenClient().
  http::Client& client() { return *client_; }
  Admission& admission() { return *admission_; }

  // Ends the thread: what is posted later is dropped. Idempotent.
  void Stop() { loop_.Stop(); }

  runtime::EventLoop& loop() { return loop_; }

  // From any thread; takes effect on the loop: the runner's lane is told of passing time, or no longer.
  void Attach(std::shared_ptr<PartitionRunner> runner);
  void Detach(std::shared_ptr<PartitionRunner> runner);

 private:
  std::vector<std::shared_ptr<PartitionRunner>> runners_;  // the loop's only
  std::unique_ptr<http::Client> client_;
  std::optional<Admission> admission_;  // the loop's only
  runtime::EventLoop loop_;
};

}  // namespace webhook
