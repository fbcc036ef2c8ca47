#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "metrics/metrics.h"

namespace webhook::kafka {

// What a client was doing; the label `op` of metrics::kKafkaErrors.
enum class Doing { kConnect, kProduce, kFetch, kCommit };

// The class of an error, one of the label `error` of metrics::kKafkaErrors.
std::string_view ErrorClass(rd_kafka_resp_err_t code);

// Counts what goes wrong with the brokers. All clients of a process count together. From any thread.
class ErrorCounts {
 public:
  // null: nobody counts. The registry outlives this.
  explicit ErrorCounts(metrics::Registry* registry);

  void Count(Doing doing, rd_kafka_resp_err_t code) const;

 private:
  std::map<std::pair<Doing, std::string>, metrics::Counter> counters_;
};

}  // namespace webhook::kafka
