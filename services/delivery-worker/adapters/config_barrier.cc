#include "services/delivery-worker/adapters/config_barrier.h"

#include <chrono>
#include <utility>

#include "log/log.h"
#include "runtime/clock.h"

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kWait{1'000};
// A registry that answers while its watch stays silent for so long: something is wrong, and events must flow.
constexpr int kTries = 30;
// From one call to the next. Each costs two processes as much as a delivery does, so those who ask in between
// wait for company (ADR 0022).
constexpr std::chrono::milliseconds kSpacing{2};

}  // namespace

ConfigBarrier::ConfigBarrier(rpc::RegistryClient& registry, const WebhookCopy& webhooks,
                             const WorkerMetrics& metrics)
    : registry_(registry), webhooks_(webhooks), metrics_(metrics), thread_("barrier", [this] { Run(); }) {}

ConfigBarrier::~ConfigBarrier() {
  stop_.RequestStop();
  inbox_.Close();
  thread_.Join();
}

void ConfigBarrier::Ask(std::function<void()> done) {
  inbox_.Put(std::move(done));
}

void ConfigBarrier::Run() {
  while (const auto asked = inbox_.TakeAll()) {
    const MonoTime next = runtime::ReadClock().mono + kSpacing;
    Reach();
    for (const auto& done : *asked) done();
    stop_.WaitFor(std::chrono::ceil<std::chrono::milliseconds>(next - runtime::ReadClock().mono));
  }
}

void ConfigBarrier::Reach() {
  const auto revision = registry_.GetRevision(kWait);
  for (int tried = 0; revision && tried < kTries && !inbox_.closed(); ++tried) {
    if (!webhooks_.WaitForRevision(*revision, kWait)) continue;
    if (std::exchange(stale_, false)) log::Info("fanout.caught_up");
    return;
  }
  if (inbox_.closed()) return;
  metrics_.fanout_stale.Add();
  if (std::exchange(stale_, true)) return;  // told already
  log::Warn("fanout.stale", {{"error", revision ? "the copy of the webhooks stays behind the registry's"
                                                : revision.error().message}});
}

}  // namespace webhook
