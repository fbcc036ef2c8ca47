#include "kafka/internal/partition_list.h"

#include <cstdlib>
#include <cstring>

#include "core/check.h"

namespace webhook::kafka {

List ToList(const std::vector<TopicPartition>& partitions) {
  List list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& partition : partitions)
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition);
  return list;
}

List ToList(const std::vector<Consumer::Position>& positions) {
  List list(rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
  for (const Consumer::Position& position : positions) {
    CHECK(position.metadata.size() <= kMaxMetadataBytes, "the broker takes the metadata");
    auto* entry = rd_kafka_topic_partition_list_add(list.get(), position.partition.topic.c_str(),
                                                    position.partition.partition);
    entry->offset = position.offset;
    if (position.metadata.empty()) continue;
    // The list frees it.
    entry->metadata = std::malloc(position.metadata.size());
    CHECK(entry->metadata != nullptr, "there is memory");
    std::memcpy(entry->metadata, position.metadata.data(), position.metadata.size());
    entry->metadata_size = position.metadata.size();
  }
  return list;
}

std::vector<TopicPartition> ToPartitions(const rd_kafka_topic_partition_list_t& list) {
  std::vector<TopicPartition> partitions;
  for (int i = 0; i < list.cnt; ++i) partitions.push_back({list.elems[i].topic, list.elems[i].partition});
  return partitions;
}

}  // namespace webhook::kafka
