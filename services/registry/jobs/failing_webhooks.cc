#include "services/registry/jobs/failing_webhooks.h"

#include <string>

#include "log/log.h"
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
      deactivated_(metrics.MakeCounter("webhook_webhooks_deactivated_total",
                                       "Webhooks that the platform deactivated", {{"reason", "failing"}})) {}

Status FailingWebhooks::Look() {
  using Ids = std::vector<WebhookId>;
  const std::string reason = "Every attempt has failed for " + InWords(after_) + ".";
  const auto done = database_.Transact<Ids>("deactivate failing webhooks", [&](store::Tx& tx) -> Result<Ids> {
    Ids ids;
    for (const auto& [id, revision] : store::ListFailingWebhooks(tx, after_, kAtOnce)) {
      if (store::DeactivateWebhook(tx, id, reason, revision)) ids.push_back(id);
    }
    return ids;
  });
  if (!done) return done.error();
  for (const WebhookId& id : *done) {
    deactivated_.Add();
    log::Info("webhook.deactivated", {{"webhook_id", id.str()}, {"reason", reason}});
  }
  return Ok();
}

}  // namespace webhook
