#include "services/registry/jobs/failing_webhooks.h"

#include <string>

#include "log/log.h"
#include "metrics/families.h"
#include "services/registry/store/webhooks.h"

namespace webhook {
namespace {

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

FailingWebhooks::FailingWebhooks(postgres::Database& database, std::chrono::seconds after,
                                 metrics::Registry& metrics)
    : database_(database),
      after_(after),
      deactivated_(metrics.Make(metrics::kWebhooksDeactivated, {{"reason", "failing"}})) {}

Status FailingWebhooks::Look() {
  using Seen = std::vector<std::pair<WebhookId, std::int64_t>>;
  const std::string reason = "Every attempt has failed for " + InWords(after_) + ".";
  const auto failing = database_.Transact<Seen>(
      "look for failing webhooks",
      [&](store::Tx& tx) -> Result<Seen> { return store::ListFailingWebhooks(tx, after_, kAtOnce); });
  if (!failing) return failing.error();
  for (const auto& [id, revision] : *failing) {
    // One at a time: a change locks its webhook, then the revision.
    const auto done = database_.Transact<bool>(
        "deactivate a failing webhook",
        [&](store::Tx& tx) -> Result<bool> { return store::DeactivateWebhook(tx, id, reason, revision); });
    if (!done) return done.error();
    if (!*done) continue;
    deactivated_.Add();
    log::Info("webhook.deactivated", {{"webhook_id", id.str()}, {"reason", reason}});
  }
  return Ok();
}

}  // namespace webhook
