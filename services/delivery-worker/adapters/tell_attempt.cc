#include "services/delivery-worker/adapters/tell_attempt.h"

#include "log/log.h"

namespace webhook {

void TellAttempt(const WorkerMetrics& metrics, const AttemptRecord& record) {
  metrics.CountAttempt(record);
  log::Info(record.requested ? "attempt.finished" : "delivery.changed",
            {{"account_id", record.account.view()},
             {"event_id", record.event_id.view()},
             {"webhook_id", record.webhook_id.view()},
             {"delivery_id", record.delivery_id.view()},
             {"run", record.run},
             {"attempt", record.attempt},
             {"outcome", record.outcome},
             {"status", record.status},
             {"duration_ms", record.duration.count() / 1000},
             {"state", ToText(record.state)}});
}

}  // namespace webhook
