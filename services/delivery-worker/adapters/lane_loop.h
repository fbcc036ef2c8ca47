#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "http/client.h"
#include "runtime/event_loop.h"
#include "services/delivery-worker/adapters/partition_runner.h"

namespace webhook {

// One thread that delivers: its event loop, its HTTP client, and the runners of the partitions that it
// carries.
class LaneLoop {
 public:
  // kInvalid where the client's CA file cannot be read.
  static Result<std::unique_ptr<LaneLoop>> Create(std::size_t number, const http::ClientOptions& options);
  LaneLoop(const LaneLoop&) = delete;
  LaneLoop& operator=(const LaneLoop&) = delete;
  ~LaneLoop();

  // Ends the thread: what is posted later is dropped. Idempotent.
  void Stop() { loop_.Stop(); }

  runtime::EventLoop& loop() { return loop_; }
  http::Client& client() { return *client_; }

  // From any thread: from now on the runner's lane is told of passing time, or no longer.
  void Attach(std::shared_ptr<PartitionRunner> runner);
  void Detach(std::shared_ptr<PartitionRunner> runner);

 private:
  explicit LaneLoop(std::size_t number);

  std::vector<std::shared_ptr<PartitionRunner>> runners_;  // the loop's only
  std::unique_ptr<http::Client> client_;
  runtime::EventLoop loop_;
};

}  // namespace webhook
