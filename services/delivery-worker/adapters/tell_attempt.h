#pragma once

#include "domain/attempt_record.h"
#include "services/delivery-worker/adapters/worker_metrics.h"

namespace webhook {

// A delivery's state has changed: counts it, and logs it.
void TellAttempt(const WorkerMetrics& metrics, const AttemptRecord& record);

}  // namespace webhook
