#include "tests/load/produce/bare_producer.h"

#include <chrono>
#include <utility>

#include "core/check.h"
#include "runtime/clock.h"

namespace webhook::load {
namespace {

constexpr int kAnswerMs = 10'000;
constexpr int kPollMs = 10;
constexpr std::uint64_t kPollEvery = 100;  // records

template <typename T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
using Topic = std::unique_ptr<rd_kafka_NewTopic_t, Deleter<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Deleter<rd_kafka_queue_t, rd_kafka_queue_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, Deleter<rd_kafka_event_t, rd_kafka_event_destroy>>;

}  // namespace

BareProducer::BareProducer(const ProduceOptions& options) : options_(options) {
  char error[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const std::pair<const char*, std::string> settings[] = {{"bootstrap.servers", options.brokers},
                                                          {"acks", "all"},
                                                          {"enable.idempotence", "true"},
                                                          {"compression.codec", "lz4"},
                                                          {"partitioner", "murmur2_random"},
                                                          {"linger.ms", options.linger_ms},
                                                          {"queue.buffering.max.messages", "100000"},
                                                          {"queue.buffering.max.kbytes", "65536"}};
  for (const auto& [name, value] : settings)
    CHECK(rd_kafka_conf_set(conf, name, value.c_str(), error, sizeof error) == RD_KAFKA_CONF_OK, error);
  rd_kafka_conf_set_opaque(conf, this);
  rd_kafka_conf_set_dr_msg_cb(conf, &OnAnswer);
  client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error));
  CHECK(client_ != nullptr, error);
}

bool BareProducer::MakeTopic(int partitions) {
  char error[512];
  const Topic topic(rd_kafka_NewTopic_new(options_.topic.c_str(), partitions, 1, error, sizeof error));
  CHECK(topic != nullptr, error);
  const Queue queue(rd_kafka_queue_new(client_.get()));
  rd_kafka_NewTopic_t* topics[] = {topic.get()};
  rd_kafka_CreateTopics(client_.get(), topics, 1, nullptr, queue.get());
  const Event event(rd_kafka_queue_poll(queue.get(), kAnswerMs));
  if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
  std::size_t count = 0;
  const auto** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  return count == 1 && rd_kafka_topic_result_error(results[0]) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

TopicEnds BareProducer::Ends() {
  TopicEnds ends;
  for (;; ++ends.partitions) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    const rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(
        client_.get(), options_.topic.c_str(), ends.partitions, &low, &high, kAnswerMs);
    if (code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION) return ends;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    ends.sum += high;
  }
}

void BareProducer::OnAnswer(rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) ++static_cast<BareProducer*>(self)->acknowledged_;
}

bool BareProducer::Produce(const Record& record) {
  for (;;) {
    const rd_kafka_resp_err_t code = rd_kafka_producev(
        client_.get(), RD_KAFKA_V_TOPIC(options_.topic.c_str()), RD_KAFKA_V_PARTITION(RD_KAFKA_PARTITION_UA),
        RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(record.value.data()), record.value.size()),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) return code == RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_poll(client_.get(), kPollMs);
  }
}

Produced BareProducer::Run(const std::vector<Record>& records) {
  const MonoTime began = runtime::ReadClock().mono;
  for (std::uint64_t n = 0; n < options_.count; ++n) {
    if (!Produce(records[n % records.size()])) break;
    if (n % kPollEvery == 0) rd_kafka_poll(client_.get(), 0);
  }
  rd_kafka_flush(client_.get(), kAnswerMs);
  return {acknowledged_, std::chrono::duration<double>(runtime::ReadClock().mono - began).count()};
}

}  // namespace webhook::load
