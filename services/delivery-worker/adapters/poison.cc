#include "services/delivery-worker/adapters/poison.h"

#include "log/log.h"
#include "records/records.h"

namespace webhook {

std::string TellPoison(const kafka::ConsumedRecord& record, const Error& error,
                       const WorkerMetrics& metrics) {
  log::Error("record.poisoned", {{"topic", record.topic},
                                 {"partition", record.partition},
                                 {"offset", record.offset},
                                 {"error", error.message}});
  metrics.CountPoison(std::string(record.topic));
  return EncodePoison(record.topic, record.partition, record.offset, error.message, record.key, record.value);
}

}  // namespace webhook
