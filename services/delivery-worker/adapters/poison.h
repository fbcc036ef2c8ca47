#pragma once

#include <string>

#include "core/result.h"
#include "kafka/consumer.h"
#include "services/delivery-worker/adapters/worker_metrics.h"

namespace webhook {

// Logs and counts a record that cannot be decoded; gives the value to append to webhook.poison for it.
std::string TellPoison(const kafka::ConsumedRecord& record, const Error& error, const WorkerMetrics& metrics);

}  // namespace webhook
