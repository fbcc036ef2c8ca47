#pragma once

#include <vector>

#include "kafka/consumer.h"
#include "kafka/internal/client_conf.h"

namespace webhook::kafka {

List ToList(const std::vector<TopicPartition>& partitions);
// With offsets and metadata.
List ToList(const std::vector<Consumer::Position>& positions);

std::vector<TopicPartition> ToPartitions(const rd_kafka_topic_partition_list_t& list);

}  // namespace webhook::kafka
