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
class DeliverLoop {
 public:
  // kInvalid where the client's CA file cannot be read.
  static Result<std::unique_ptr<DeliverLoop>> Create(std::size_t number, const http::ClientOptions& options);
  DeliverLoop(const DeliverLoop&) = delete;
  DeliverLoop& operator=(const DeliverLoop&) = delete;
  ~DeliverLoop();

  // Ends the thread: what is posted later is dropped. Idempotent.
  void Stop() { loop_.Stop(); }

  runtime::EventLoop& loop() { return loop_; }
  http::Client& client() { return *client_; }

  // From any thread; takes effect on the loop: the runner's lane is told of passing time, or no longer.
  void Attach(std::shared_ptr<PartitionRunner> runner);
  void Detach(std::shared_ptr<PartitionRunner> runner);

 private:
  explicit DeliverLoop(std::size_t number);

  std::vector<std::shared_ptr<PartitionRunner>> runners_;  // the loop's only
  std::unique_ptr<http::Client> client_;
  runtime::EventLoop loop_;
};

}  // namespace webhook
