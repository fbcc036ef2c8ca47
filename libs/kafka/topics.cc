#include "kafka/topics.h"

#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>

#include "kafka/internal/admin.h"

namespace webhook::kafka {
namespace {

constexpr int kCheckTimeoutMs = 10'000;
constexpr char kMaxMessageBytes[] = "2097152";

using NewTopic =
    std::unique_ptr<rd_kafka_NewTopic_t, Deleter<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>>;
using Resource = std::unique_ptr<rd_kafka_ConfigResource_t,
                                 Deleter<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>>;

Result<std::shared_ptr<rd_kafka_t>> Connect(const Cluster& cluster) {
  return MakeClient(RD_KAFKA_PRODUCER, MakeConf(cluster, "topics"));
}

// Names of those topics whose timestamps are the broker's.
Result<std::map<std::string, bool>> AppendTimes(rd_kafka_t* client, const std::vector<std::string>& topics) {
  std::map<std::string, bool> answer;
  if (topics.empty()) return answer;
  std::vector<Resource> owned;
  std::vector<rd_kafka_ConfigResource_t*> resources;
  for (const std::string& topic : topics) {
    owned.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    resources.push_back(owned.back().get());
  }
  const Options options =
      AdminOptions(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, std::chrono::milliseconds(kCheckTimeoutMs));
  const Queue queue(rd_kafka_queue_new(client));
  rd_kafka_DescribeConfigs(client, resources.data(), resources.size(), options.get(), queue.get());
  const Event event(rd_kafka_queue_poll(queue.get(), kCheckTimeoutMs));
  if (!event) return KafkaError("describe topics", RD_KAFKA_RESP_ERR__TIMED_OUT);
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return KafkaError("describe topics", rd_kafka_event_error(event.get()));
  std::size_t count = 0;
  const auto** found =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t entries = 0;
    const auto** configs = rd_kafka_ConfigResource_configs(found[i], &entries);
    for (std::size_t j = 0; j < entries; ++j) {
      if (std::string(rd_kafka_ConfigEntry_name(configs[j])) != "message.timestamp.type") continue;
      const char* value = rd_kafka_ConfigEntry_value(configs[j]);
      answer[rd_kafka_ConfigResource_name(found[i])] =
          value != nullptr && std::string(value) == "LogAppendTime";
    }
  }
  return answer;
}

NewTopic Specify(const TopicSpec& spec, int replication_factor, int min_insync_replicas) {
  char error[256];
  NewTopic topic(
      rd_kafka_NewTopic_new(spec.name.c_str(), spec.partitions, replication_factor, error, sizeof error));
  const auto set = [&](const char* name, const std::string& value) {
    rd_kafka_NewTopic_set_config(topic.get(), name, value.c_str());
  };
  set("retention.ms", std::to_string(std::chrono::milliseconds(spec.retention).count()));
  set("min.insync.replicas", std::to_string(min_insync_replicas));
  set("max.message.bytes", kMaxMessageBytes);
  if (spec.append_time) set("message.timestamp.type", "LogAppendTime");
  return topic;
}

}  // namespace

Result<std::vector<TopicProblem>> CheckTopics(const Cluster& cluster, const std::vector<TopicSpec>& topics) {
  auto client = Connect(cluster);
  if (!client) return client.error();
  const auto partitions = PartitionCounts(client->get(), kCheckTimeoutMs);
  if (!partitions) return partitions.error();
  std::vector<TopicProblem> problems;
  std::vector<std::string> timed;
  for (const TopicSpec& spec : topics) {
    const auto found = partitions->find(spec.name);
    if (found == partitions->end()) {
      problems.push_back({spec.name, "missing"});
      continue;
    }
    if (found->second != spec.partitions) {
      problems.push_back({spec.name, "has " + std::to_string(found->second) + " partitions, needs " +
                                         std::to_string(spec.partitions)});
    }
    if (spec.append_time) timed.push_back(spec.name);
  }
  const auto append_times = AppendTimes(client->get(), timed);
  if (!append_times) return append_times.error();
  for (const std::string& topic : timed) {
    const auto found = append_times->find(topic);
    if (found == append_times->end() || !found->second)
      problems.push_back({topic, "needs message.timestamp.type=LogAppendTime"});
  }
  return problems;
}

Status CreateTopics(const Cluster& cluster, const std::vector<TopicSpec>& topics, int replication_factor,
                    int min_insync_replicas, std::chrono::milliseconds timeout) {
  auto client = Connect(cluster);
  if (!client) return client.error();
  std::vector<NewTopic> owned;
  std::vector<rd_kafka_NewTopic_t*> wanted;
  for (const TopicSpec& spec : topics) {
    owned.push_back(Specify(spec, replication_factor, min_insync_replicas));
    wanted.push_back(owned.back().get());
  }
  const Options options = AdminOptions(client->get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout);
  const Queue queue(rd_kafka_queue_new(client->get()));
  rd_kafka_CreateTopics(client->get(), wanted.data(), wanted.size(), options.get(), queue.get());
  const Event event(rd_kafka_queue_poll(queue.get(), static_cast<int>(timeout.count())));
  if (!event) return KafkaError("create topics", RD_KAFKA_RESP_ERR__TIMED_OUT);
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return KafkaError("create topics", rd_kafka_event_error(event.get()));
  std::size_t count = 0;
  const auto** created =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto code = rd_kafka_topic_result_error(created[i]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) continue;
    const char* detail = rd_kafka_topic_result_error_string(created[i]);
    return Error{ErrorCode::kUnavailable, "topic_not_created",
                 std::string(rd_kafka_topic_result_name(created[i])) + ": " +
                     (detail != nullptr ? detail : rd_kafka_err2str(code))};
  }
  return Ok();
}

}  // namespace webhook::kafka
