#include "services/registry/jobs/failing_webhooks.h"

#include <string>

#include "log/log.h"

namespace webhook {
namespace {

constexpr std::chrono::seconds kPause{60};
constexpr int kAtOnce = 100;

// "5 days", "90 minutes".
std::string InWords(std::chrono::seconds time) {
  const auto say = [](auto count, const char* unit) {
    return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
  };
  if (time % std::chrono::days{1} == time.zero())
    return say(std::chrono::duration_cast<std::chrono::days>(time).count(), "day");
  if (time % std::chrono::hours{1} == time.zero())
    return say(std::chrono::duration_cast<std::chrono::hours>(time).count(), "hour");
  return say(std::chrono::ceil<std::chrono::minutes>(time).count(), "minute");
}

}  // namespace

FailingWebhooks::FailingWebhooks(store::WebhookStore& webhooks, std::chrono::seconds after,
                                 metrics::Registry& metrics)
    : webhooks_(webhooks),
      after_(after),
      deactivated_(metrics.MakeCounter("webhook_webhooks_deactivated_total",
                                       "Webhooks that the platform deactivated", {{"reason", "failing"}})),
      thread_("failing", [this] { Run(); }) {}

FailingWebhooks::~FailingWebhooks() {
  stop_.RequestStop();
  thread_.Join();
}

void FailingWebhooks::Run() {
  do {
    Look();
  } while (!stop_.WaitFor(kPause));
}

void FailingWebhooks::Look() {
  const auto failing = webhooks_.ListFailing(after_, kAtOnce);
  if (!failing) return log::Warn("failing.unread", {{"error", failing.error().message}});
  const std::string reason = "Every attempt has failed for " + InWords(after_) + ".";
  for (const auto& [id, revision] : *failing) {
    if (const Status done = webhooks_.Deactivate(id, reason, revision); !done)
      return log::Warn("failing.not_deactivated",
                       {{"webhook_id", id.str()}, {"error", done.error().message}});
    deactivated_.Add();
    log::Info("webhook.deactivated", {{"webhook_id", id.str()}, {"reason", reason}});
  }
}

}  // namespace webhook
