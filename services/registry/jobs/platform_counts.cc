#include "services/registry/jobs/platform_counts.h"

#include "metrics/families.h"
#include "services/registry/store/redeliveries.h"
#include "services/registry/store/webhooks.h"

namespace webhook {

PlatformCounts::PlatformCounts(postgres::Database& database, metrics::Registry& metrics)
    : database_(database),
      active_(metrics.Make(metrics::kWebhooks, {{"state", "active"}})),
      inactive_(metrics.Make(metrics::kWebhooks, {{"state", "inactive"}})),
      redeliveries_(metrics.Make(metrics::kRedeliveriesRunning)) {}

Status PlatformCounts::Count() {
  return database_.Transact<Done>("count for the metrics", [this](store::Tx& tx) -> Status {
    const store::WebhookCounts webhooks = store::CountAllWebhooks(tx);
    active_.Set(static_cast<double>(webhooks.active));
    inactive_.Set(static_cast<double>(webhooks.inactive));
    redeliveries_.Set(static_cast<double>(store::CountRunningRedeliveries(tx)));
    return Ok();
  });
}

}  // namespace webhook
