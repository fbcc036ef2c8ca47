#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <memory>
#include <string>

#include "core/result.h"
#include "core/time.h"
#include "kafka/cluster.h"

namespace webhook::kafka {

struct ConfDeleter {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
struct ListDeleter {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
struct QueueDeleter {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, ConfDeleter>;
using List = std::unique_ptr<rd_kafka_topic_partition_list_t, ListDeleter>;
using Queue = std::unique_ptr<rd_kafka_queue_t, QueueDeleter>;

// A configuration with what all of our clients have in common: the cluster, client id, logging into ours.
Conf MakeConf(const Cluster& cluster, const std::string& client_id);
// A wrong name or value is a bug of ours: ends the process.
void Set(const Conf& conf, const char* name, const std::string& value);
// Takes the configuration; kInvalid where librdkafka refuses it (a broker list that is none).
Result<std::shared_ptr<rd_kafka_t>> MakeClient(rd_kafka_type_t type, Conf conf);

// kUnavailable, told with what was being done.
Error KafkaError(const std::string& doing, rd_kafka_resp_err_t code);

// Whether any broker answers: goes down by the library's report that none does, and up by asking again, at
// most once a second. NoteError from the library's threads; Check from one thread.
class BrokerWatch {
 public:
  void NoteError(int code);
  void NoteAnswer() { down_.store(false, std::memory_order_relaxed); }
  bool up() const { return !down_.load(std::memory_order_relaxed); }
  // Where they are down: asks for metadata, for at most 200 ms.
  bool Check(rd_kafka_t* client, MonoTime now);

 private:
  std::atomic<bool> down_{false};
  MonoTime next_check_{};
};

}  // namespace webhook::kafka
