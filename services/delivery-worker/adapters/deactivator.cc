#include "services/delivery-worker/adapters/deactivator.h"

#include <chrono>

#include "log/log.h"

namespace webhook {
namespace {

constexpr std::chrono::seconds kDeadline{5};
constexpr std::size_t kMaxWaiting = 256;

}  // namespace

Deactivator::Deactivator(rpc::RegistryClient& registry)
    : registry_(registry), pool_("deactivate", 1, kMaxWaiting) {}

void Deactivator::Deactivate(const WebhookId& webhook, const std::string& reason, std::int64_t revision) {
  const bool accepted = pool_.TryRun([this, webhook, reason, revision] {
    if (stopping_) return;
    const Status done = registry_.DeactivateWebhook(webhook, reason, revision, kDeadline);
    if (done) {
      log::Info("webhook.deactivated", {{"webhook_id", webhook.str()}, {"reason", reason}});
    } else {
      log::Warn("webhook.deactivate_failed",
                {{"webhook_id", webhook.str()}, {"error", done.error().message}});
    }
  });
  if (!accepted) log::Warn("webhook.deactivate_dropped", {{"webhook_id", webhook.str()}});
}

}  // namespace webhook
