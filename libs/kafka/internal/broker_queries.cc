#include "kafka/internal/broker_queries.h"

#include <algorithm>
#include <memory>

#include "kafka/internal/admin.h"
#include "kafka/internal/partition_list.h"

namespace webhook::kafka {
namespace {

constexpr std::int64_t kNothingCommitted = -1;

int ToMs(std::chrono::milliseconds timeout) {
  return static_cast<int>(timeout.count());
}

std::string Named(const TopicPartition& partition) {
  return partition.topic + "/" + std::to_string(partition.partition);
}

}  // namespace

Result<std::int32_t> PartitionCount(rd_kafka_t* client, const std::string& topic,
                                    std::chrono::milliseconds timeout) {
  const std::unique_ptr<rd_kafka_topic_t, void (*)(rd_kafka_topic_t*)> handle(
      rd_kafka_topic_new(client, topic.c_str(), nullptr), &rd_kafka_topic_destroy);
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto code = rd_kafka_metadata(client, 0, handle.get(), &metadata, ToMs(timeout));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError("metadata of " + topic, code);
  const auto topic_error =
      metadata->topic_cnt == 1 ? metadata->topics[0].err : RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
  const std::int32_t count =
      topic_error == RD_KAFKA_RESP_ERR_NO_ERROR ? metadata->topics[0].partition_cnt : 0;
  rd_kafka_metadata_destroy(metadata);
  if (topic_error != RD_KAFKA_RESP_ERR_NO_ERROR || count == 0)
    return KafkaError("metadata of " + topic, topic_error);
  return count;
}

Result<std::vector<Consumer::Position>> Committed(rd_kafka_t* client,
                                                  const std::vector<TopicPartition>& partitions,
                                                  std::chrono::milliseconds timeout) {
  const List list = ToList(partitions);
  const auto code = rd_kafka_committed(client, list.get(), ToMs(timeout));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError("committed offsets", code);
  std::vector<Consumer::Position> positions;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& entry = list->elems[i];
    const TopicPartition partition{entry.topic, entry.partition};
    if (entry.err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return KafkaError("committed offset of " + Named(partition), entry.err);
    Consumer::Position position{partition, std::max(entry.offset, kNothingCommitted)};
    if (entry.metadata != nullptr)
      position.metadata.assign(static_cast<const char*>(entry.metadata), entry.metadata_size);
    positions.push_back(std::move(position));
  }
  return positions;
}

Result<std::map<TopicPartition, std::int64_t>> EndOffsets(rd_kafka_t* client,
                                                          const std::vector<TopicPartition>& partitions,
                                                          std::chrono::milliseconds timeout) {
  std::vector<Consumer::Position> wanted;
  for (const TopicPartition& partition : partitions)
    wanted.push_back({partition, RD_KAFKA_OFFSET_SPEC_LATEST});
  const Queue answers(rd_kafka_queue_new(client));
  const Options options = AdminOptions(client, RD_KAFKA_ADMIN_OP_LISTOFFSETS, timeout);
  rd_kafka_ListOffsets(client, ToList(wanted).get(), options.get(), answers.get());
  const Event answer(rd_kafka_queue_poll(answers.get(), ToMs(timeout)));
  const auto code = answer ? rd_kafka_event_error(answer.get()) : RD_KAFKA_RESP_ERR__TIMED_OUT;
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError("end offsets", code);
  return ListedOffsets(answer.get());
}

Result<std::int64_t> EndOffset(rd_kafka_t* client, const TopicPartition& partition,
                               std::chrono::milliseconds timeout) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  const auto code = rd_kafka_query_watermark_offsets(client, partition.topic.c_str(), partition.partition,
                                                     &low, &high, ToMs(timeout));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError("end of " + Named(partition), code);
  return high;
}

Result<std::int64_t> OffsetAt(rd_kafka_t* client, const TopicPartition& partition, WallTime time,
                              std::chrono::milliseconds timeout) {
  const List list = ToList(std::vector{partition});
  list->elems[0].offset =
      std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();  // librdkafka's way
  auto code = rd_kafka_offsets_for_times(client, list.get(), ToMs(timeout));
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = list->elems[0].err;
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError("offset by time of " + Named(partition), code);
  // Where there is no such record it says "the end", which is no number.
  if (list->elems[0].offset < 0) return EndOffset(client, partition, timeout);
  return list->elems[0].offset;
}

}  // namespace webhook::kafka
