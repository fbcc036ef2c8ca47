#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kafka/consumer.h"
#include "kafka/internal/client_conf.h"

namespace webhook::kafka {

// Consumer's methods of the same names. Block until the broker answers or the time is up.
Result<std::int32_t> PartitionCount(rd_kafka_t* client, const std::string& topic,
                                    std::chrono::milliseconds timeout);
Result<std::vector<Consumer::Position>> Committed(rd_kafka_t* client,
                                                  const std::vector<TopicPartition>& partitions,
                                                  std::chrono::milliseconds timeout);
Result<std::int64_t> EndOffset(rd_kafka_t* client, const TopicPartition& partition,
                               std::chrono::milliseconds timeout);
Result<std::map<TopicPartition, std::int64_t>> EndOffsets(rd_kafka_t* client,
                                                          const std::vector<TopicPartition>& partitions,
                                                          std::chrono::milliseconds timeout);
Result<std::int64_t> OffsetAt(rd_kafka_t* client, const TopicPartition& partition, WallTime time,
                              std::chrono::milliseconds timeout);

}  // namespace webhook::kafka
