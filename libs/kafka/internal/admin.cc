#include "kafka/internal/admin.h"

namespace webhook::kafka {

Options AdminOptions(rd_kafka_t* client, rd_kafka_admin_op_t operation, std::chrono::milliseconds timeout) {
  char error[256];
  Options options(rd_kafka_AdminOptions_new(client, operation));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), static_cast<int>(timeout.count()), error,
                                            sizeof error);
  return options;
}

Result<std::map<std::string, int>> PartitionCounts(rd_kafka_t* client, int timeout_ms) {
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto code = rd_kafka_metadata(client, 1, nullptr, &metadata, timeout_ms);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError("list topics", code);
  std::map<std::string, int> partitions;
  for (int i = 0; i < metadata->topic_cnt; ++i)
    partitions[metadata->topics[i].topic] = metadata->topics[i].partition_cnt;
  rd_kafka_metadata_destroy(metadata);
  return partitions;
}

Result<std::map<TopicPartition, std::int64_t>> ListedOffsets(rd_kafka_event_t* event) {
  std::map<TopicPartition, std::int64_t> offsets;
  std::size_t count = 0;
  const auto** infos = rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(event), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto* found = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
    if (found->err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return KafkaError("offsets of " + std::string(found->topic), found->err);
    offsets[{found->topic, found->partition}] = found->offset;
  }
  return offsets;
}

}  // namespace webhook::kafka
