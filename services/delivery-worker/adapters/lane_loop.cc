#include "services/delivery-worker/adapters/lane_loop.h"

#include <chrono>
#include <utility>

namespace webhook {
namespace {

// How exactly retries and limits are kept; a tick costs about a microsecond a partition.
constexpr std::chrono::milliseconds kTick{10};

}  // namespace

LaneLoop::LaneLoop(std::size_t number) : loop_("lane-" + std::to_string(number)) {
  loop_.Every(kTick, [this] {
    for (const auto& runner : runners_) runner->OnTick();
  });
}

Result<std::unique_ptr<LaneLoop>> LaneLoop::Create(std::size_t number, const http::ClientOptions& options) {
  std::unique_ptr<LaneLoop> lane(new LaneLoop(number));
  auto client = http::Client::Create(lane->loop_, options);
  if (!client) return client.error();
  lane->client_ = std::move(*client);
  return lane;
}

LaneLoop::~LaneLoop() {
  loop_.Stop();
  client_.reset();  // before the loop that its sockets live on
}

void LaneLoop::Attach(std::shared_ptr<PartitionRunner> runner) {
  loop_.Post([this, runner = std::move(runner)] { runners_.push_back(runner); });
}

void LaneLoop::Detach(std::shared_ptr<PartitionRunner> runner) {
  loop_.Post([this, runner = std::move(runner)] { std::erase(runners_, runner); });
}

}  // namespace webhook
