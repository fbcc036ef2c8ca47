#include "services/delivery-worker/adapters/config_barrier.h"

#include <chrono>
#include <utility>

#include "log/log.h"

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kWait{1'000};
// A registry that answers while its watch stays silent for so long: something is wrong, and events must flow.
constexpr int kTries = 30;

}  // namespace

ConfigBarrier::ConfigBarrier(rpc::RegistryClient& registry, const WebhookCopy& webhooks,
                             const WorkerMetrics& metrics)
    : registry_(registry), webhooks_(webhooks), metrics_(metrics), thread_("barrier", [this] { Run(); }) {}

ConfigBarrier::~ConfigBarrier() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  asked_.notify_one();
  thread_.Join();
}

void ConfigBarrier::Ask(std::function<void()> reached) {
  {
    const std::lock_guard lock(mutex_);
    open_.push_back(std::move(reached));
  }
  asked_.notify_one();
}

void ConfigBarrier::Run() {
  for (;;) {
    std::vector<std::function<void()>> served;
    {
      std::unique_lock lock(mutex_);
      asked_.wait(lock, [this] { return stopping_ || !open_.empty(); });
      if (stopping_) return;
      served.swap(open_);
    }
    Reach();
    for (const auto& reached : served) reached();
  }
}

void ConfigBarrier::Reach() {
  const auto revision = registry_.GetRevision(kWait);
  for (int tried = 0; revision && tried < kTries && !stopping(); ++tried) {
    if (webhooks_.WaitForRevision(*revision, kWait)) return;
  }
  if (stopping()) return;
  metrics_.fanout_stale.Add();
  log::Warn("fanout.stale", {{"error", revision ? "the copy of the webhooks stays behind the registry's"
                                                : revision.error().message}});
}

bool ConfigBarrier::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

}  // namespace webhook
