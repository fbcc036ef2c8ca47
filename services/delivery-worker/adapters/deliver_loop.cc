#include "services/delivery-worker/adapters/deliver_loop.h"

#include <chrono>
#include <utility>

namespace webhook {
namespace {

// How exactly retries and limits are kept; a tick costs about a microsecond a partition.
constexpr std::chrono::milliseconds kTick{10};

}  // namespace

DeliverLoop::DeliverLoop(std::size_t number) : loop_("deliver-" + std::to_string(number)) {
  loop_.Every(kTick, [this] {
    for (const auto& runner : runners_) runner->OnTick();
  });
}

Result<std::unique_ptr<DeliverLoop>> DeliverLoop::Create(std::size_t number,
                                                         const http::ClientOptions& options) {
  std::unique_ptr<DeliverLoop> lane(new DeliverLoop(number));
  auto client = http::Client::Create(lane->loop_, options);
  if (!client) return client.error();
  lane->client_ = std::move(*client);
  return lane;
}

DeliverLoop::~DeliverLoop() {
  loop_.Stop();
  client_.reset();  // before the loop that its sockets live on
}

void DeliverLoop::Attach(std::shared_ptr<PartitionRunner> runner) {
  loop_.Post([this, runner = std::move(runner)] { runners_.push_back(runner); });
}

void DeliverLoop::Detach(std::shared_ptr<PartitionRunner> runner) {
  loop_.Post([this, runner = std::move(runner)] { std::erase(runners_, runner); });
}

}  // namespace webhook
