#include "services/delivery-worker/adapters/lane_loop.h"

#include <chrono>
#include <utility>

#include "services/delivery-worker/adapters/partition_runner.h"

namespace webhook {
namespace {

// How exactly retries and limits are kept; a tick costs about a microsecond a partition.
constexpr std::chrono::milliseconds kTick{10};

}  // namespace

LaneLoop::LaneLoop(const std::string& name) : loop_(name) {
  loop_.Every(kTick, [this] {
    for (const auto& runner : runners_) runner->OnTick();
  });
}

LaneLoop::~LaneLoop() {
  loop_.Stop();
  client_.reset();  // before the loop that its sockets live on
}

Status LaneLoop::OpenClient(const http::ClientOptions& options, const AdmissionLimits& limits) {
  auto client = http::Client::Create(loop_, options);
  if (!client) return client.error();
  client_ = std::move(*client);
  admission_.emplace(limits);
  return Ok();
}

void LaneLoop::Attach(std::shared_ptr<PartitionRunner> runner) {
  loop_.Post([this, runner = std::move(runner)] { runners_.push_back(runner); });
}

void LaneLoop::Detach(std::shared_ptr<PartitionRunner> runner) {
  loop_.Post([this, runner = std::move(runner)] { std::erase(runners_, runner); });
}

}  // namespace webhook
