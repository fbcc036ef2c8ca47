#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/recycler.h"
#include "core/result.h"
#include "http/client.h"
#include "runtime/event_loop.h"
#include "services/delivery-worker/adapters/append_answers.h"
#include "services/delivery-worker/adapters/endpoint_urls.h"
#include "services/delivery-worker/engine/account_bytes.h"
#include "services/delivery-worker/engine/admission.h"
#include "services/delivery-worker/engine/egress_watch.h"

namespace webhook {

class PartitionRunner;

// What a thread needs to deliver. Made in wiring.cc; defaults of numbers are for tests.
struct EgressOptions {
  http::ClientOptions client;
  AdmissionLimits admission;
  // Held of one account, by this thread. wiring.cc: 128 MiB divided by deliver-threads, so that one account
  // takes at most half of the memory of all partitions that deliver.
  std::size_t max_account_bytes = 32u << 20;
  std::optional<http::EndpointUrl>
      canary;  // any answer of it says that our way out is fine; nullopt: see EgressLimits
  std::function<void(bool paused)> on_pause = [](bool) {};  // called on the loop, on each change
};

// One thread that works: its event loop, the runners of the partitions that it carries, and where it
// delivers, its HTTP client. Outlives the producer that its runners append with.
class LaneLoop {
 public:
  explicit LaneLoop(const std::string& name);
  LaneLoop(const LaneLoop&) = delete;
  LaneLoop& operator=(const LaneLoop&) = delete;
  ~LaneLoop();

  // Before the first Attach(). kInvalid where the client's CA file cannot be read.
  Status OpenEgress(const EgressOptions& options);
  // REQUIRES: OpenEgress(). On the loop only.
  http::Client& client() { return *client_; }
  Admission& admission() { return *admission_; }
  EgressWatch& egress() { return *egress_; }
  AccountBytes& account_bytes() { return *account_bytes_; }
  EndpointUrls& urls() { return urls_; }

  // Ends the thread: what is posted later never runs, and is destroyed with this. Idempotent.
  void Stop() { loop_.Stop(); }

  runtime::EventLoop& loop() { return loop_; }
  AppendAnswers& append_answers() { return append_answers_; }
  // For a record that is being appended. On the loop only.
  std::string& room() { return room_; }
  // For what lives as long as a request. On the loop only.
  const Recycler<std::byte>& recycler() const { return recycler_; }

  // From any thread; takes effect on the loop: the runner's lane is told of passing time, or no longer.
  void Attach(std::shared_ptr<PartitionRunner> runner);
  void Detach(std::shared_ptr<PartitionRunner> runner);
  // How many are attached and not yet detached, whether that has taken effect or not. From any thread.
  std::size_t carried() const { return carried_.load(std::memory_order_relaxed); }

 private:
  void OnTick();
  void AskCanary();

  std::vector<std::shared_ptr<PartitionRunner>> runners_;  // on the loop's thread only
  std::unique_ptr<http::Client> client_;
  EndpointUrls urls_;
  EgressOptions options_;
  std::optional<Admission> admission_;
  std::optional<EgressWatch> egress_;
  std::optional<AccountBytes> account_bytes_;
  runtime::EventLoop loop_;
  AppendAnswers append_answers_{loop_};
  const Recycler<std::byte> recycler_;
  std::string room_;
  std::atomic<std::size_t> carried_{0};
};

// The one for the next partition: it carries the fewest. Not by the partition's number, for which partitions
// come to a worker is the group's choice: they may all be even. REQUIRES: there is one.
LaneLoop& LeastLaden(const std::vector<std::unique_ptr<LaneLoop>>& loops);

}  // namespace webhook
