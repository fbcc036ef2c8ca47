#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/result.h"
#include "kafka/consumer.h"
#include "kafka/internal/client_conf.h"

namespace webhook::kafka {

// What the questions of an administrator have in common.

template <typename T, void (*Destroy)(T*)>
struct Deleter {
  void operator()(T* object) const { Destroy(object); }
};
using Options =
    std::unique_ptr<rd_kafka_AdminOptions_t, Deleter<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, Deleter<rd_kafka_event_t, rd_kafka_event_destroy>>;

Options AdminOptions(rd_kafka_t* client, rd_kafka_admin_op_t operation, std::chrono::milliseconds timeout);

// What a rd_kafka_ListOffsets() came to. REQUIRES: the event is its result, without an error of its own.
Result<std::map<TopicPartition, std::int64_t>> ListedOffsets(rd_kafka_event_t* event);

// Name -> partitions of all topics.
Result<std::map<std::string, int>> PartitionCounts(rd_kafka_t* client, int timeout_ms);

}  // namespace webhook::kafka
