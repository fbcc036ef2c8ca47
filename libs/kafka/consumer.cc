#include "kafka/consumer.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "kafka/internal/broker_queries.h"
#include "kafka/internal/client_conf.h"
#include "kafka/internal/error_counts.h"
#include "kafka/internal/membership.h"
#include "kafka/internal/partition_list.h"
#include "log/log.h"
#include "runtime/clock.h"

namespace webhook::kafka {
namespace {

constexpr std::size_t kMany = 32;  // records of one batch
constexpr std::chrono::milliseconds kGather{5};
constexpr std::chrono::milliseconds kFetchWait{100};  // of the broker, where there is nothing
constexpr std::size_t kGatheredBytes = 128u << 10;    // enough to wait no longer
constexpr int kMaxPollIntervalMs = 300'000;
constexpr int kCommitTimeoutMs = 5'000;
constexpr int kCommitStepMs = 200;
constexpr std::chrono::seconds kLastCommit{15};
constexpr int kMaxPartitionFetch = 256 << 10;  // of one partition; a greater record comes alone
constexpr int kMaxFetch = 2 << 20;
constexpr int kMaxSessionShare = 4;  // heartbeats in one session time-out

// The records of one fetch; keeps the client alive as long as it is held.
class RdBatch : public Batch {
 public:
  RdBatch(std::shared_ptr<rd_kafka_t> client, std::vector<rd_kafka_message_t*> messages)
      : client_(std::move(client)), messages_(std::move(messages)) {
    records_.reserve(messages_.size());
    for (const rd_kafka_message_t* message : messages_) records_.push_back(ToRecord(*message));
  }
  ~RdBatch() override {
    for (rd_kafka_message_t* message : messages_) rd_kafka_message_destroy(message);
  }

 private:
  static ConsumedRecord ToRecord(const rd_kafka_message_t& message) {
    ConsumedRecord record;
    record.topic = rd_kafka_topic_name(message.rkt);
    record.partition = message.partition;
    record.offset = message.offset;
    record.key = {static_cast<const char*>(message.key), message.key_len};
    record.value = {static_cast<const char*>(message.payload), message.len};
    rd_kafka_timestamp_type_t type{};
    record.timestamp = WallTime{std::chrono::milliseconds{rd_kafka_message_timestamp(&message, &type)}};
    return record;
  }

  std::shared_ptr<rd_kafka_t> client_;
  std::vector<rd_kafka_message_t*> messages_;
};

class RdConsumer : public Consumer {
 public:
  RdConsumer(Listener listener, metrics::Registry* errors)
      : listener_(std::move(listener)), errors_(errors) {}
  ~RdConsumer() override { Close(); }

  Status Open(const ConsumerOptions& options) {
    Conf conf = MakeConf(options.cluster, options.client_id);
    const bool grouped = !options.group.empty();
    // librdkafka wants a group id also where partitions are assigned by hand; nothing is committed under it.
    Set(conf, "group.id", grouped ? options.group : options.client_id + ".unused");
    Set(conf, "partition.assignment.strategy", "cooperative-sticky");
    Set(conf, "enable.auto.commit", "false");
    Set(conf, "enable.auto.offset.store", "false");
    Set(conf, "auto.offset.reset", "earliest");
    Set(conf, "isolation.level", "read_committed");
    Set(conf, "queued.min.messages", "1000");
    Set(conf, "queued.max.messages.kbytes", std::to_string(options.max_queued_kbytes));
    // Compressed: what a fetch unpacks to may be many times as much.
    Set(conf, "fetch.message.max.bytes", std::to_string(kMaxPartitionFetch));
    Set(conf, "fetch.max.bytes", std::to_string(kMaxFetch));
    // The default of 1 s starves small queues.
    Set(conf, "fetch.queue.backoff.ms", "10");
    gather_ = options.gather;
    Set(conf, "fetch.wait.max.ms", std::to_string(std::max(kFetchWait, gather_).count()));
    if (gather_.count() > 0) Set(conf, "fetch.min.bytes", std::to_string(kGatheredBytes));
    Set(conf, "max.poll.interval.ms", std::to_string(kMaxPollIntervalMs));
    Set(conf, "session.timeout.ms", std::to_string(options.session_timeout.count()));
    Set(conf, "heartbeat.interval.ms", std::to_string(options.session_timeout.count() / kMaxSessionShare));
    Set(conf, "allow.auto.create.topics", "false");
    rd_kafka_conf_set_opaque(conf.get(), this);
    rd_kafka_conf_set_rebalance_cb(conf.get(), &OnRebalance);
    rd_kafka_conf_set_error_cb(conf.get(), &OnError);
    auto client = MakeClient(RD_KAFKA_CONSUMER, std::move(conf));
    if (!client) return client.error();
    client_ = std::move(*client);
    rd_kafka_poll_set_consumer(client_.get());
    queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
    if (!grouped) return Ok();
    std::vector<TopicPartition> topics;
    for (const std::string& topic : options.topics) topics.push_back({topic, RD_KAFKA_PARTITION_UA});
    const auto code = rd_kafka_subscribe(client_.get(), ToList(topics).get());
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? Ok() : Status(KafkaError("subscribe", code));
  }

  Result<std::unique_ptr<Batch>> Poll(std::chrono::milliseconds timeout, std::size_t max_records) override {
    if (pending_error_) return *std::exchange(pending_error_, std::nullopt);
    const ssize_t got = Fetch(timeout, max_records);
    if (got < 0) {
      errors_.Count(Doing::kFetch, rd_kafka_last_error());
      return KafkaError("fetch", rd_kafka_last_error());
    }
    fetched_.resize(static_cast<std::size_t>(got));
    busy_ = fetched_.size() >= kMany;
    // What is no record is an error to tell; records beside it are not lost for it.
    std::vector<rd_kafka_message_t*> records;
    for (rd_kafka_message_t* message : fetched_) {
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        records.push_back(message);
        continue;
      }
      errors_.Count(Doing::kFetch, message->err);
      pending_error_ = Error{ErrorCode::kUnavailable, "kafka_unavailable",
                             std::string("fetch: ") + rd_kafka_message_errstr(message)};
      rd_kafka_message_destroy(message);
    }
    if (!records.empty()) brokers_.NoteAnswer();
    if (records.empty() && pending_error_) return *std::exchange(pending_error_, std::nullopt);
    if (records.empty() && !brokers_.Check(client_.get(), runtime::ReadClock().mono))
      return Error{ErrorCode::kUnavailable, "kafka_unavailable", "fetch: no broker answers"};
    return std::unique_ptr<Batch>(std::make_unique<RdBatch>(client_, std::move(records)));
  }

  Status Assign(const std::vector<Position>& positions) override {
    const auto code = rd_kafka_assign(client_.get(), ToList(positions).get());
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? Ok() : Status(KafkaError("assign", code));
  }

  void Pause(const std::vector<TopicPartition>& partitions) override {
    rd_kafka_pause_partitions(client_.get(), ToList(partitions).get());
  }
  void Resume(const std::vector<TopicPartition>& partitions) override {
    rd_kafka_resume_partitions(client_.get(), ToList(partitions).get());
  }

  Status CommitSync(const std::vector<Position>& positions) override {
    return Commit(positions, kCommitTimeoutMs);
  }
  void CommitAsync(const std::vector<Position>& positions) override {
    if (positions.empty()) return;
    const MonoTime sent = runtime::ReadClock().mono;
    const auto asked = rd_kafka_commit_queue(client_.get(), ToList(positions).get(), queue_.get(),
                                             &OnCommitted, ToOpaque(sent));
    if (asked != RD_KAFKA_RESP_ERR_NO_ERROR) OnCommitFailed(asked);
  }

  void Close() override {
    if (!client_ || std::exchange(closed_, true)) return;
    rd_kafka_consumer_close(client_.get());
  }

  void CommitAndClose(const std::function<std::vector<Position>()>& positions) override {
    const MonoTime end = runtime::ReadClock().mono + kLastCommit;
    Status committed = Commit(positions(), kCommitStepMs);
    while (!committed && runtime::ReadClock().mono < end) {
      if (rd_kafka_message_t* message = rd_kafka_consumer_poll(client_.get(), kCommitStepMs))
        rd_kafka_message_destroy(message);
      committed = Commit(positions(), kCommitStepMs);
    }
    if (!committed) log::Warn("checkpoint.failed", {{"error", committed.error().message}});
    Close();
  }

  std::optional<MonoTime> confirmed() const override { return membership_.confirmed(); }

  Result<std::vector<Position>> Committed(const std::vector<TopicPartition>& partitions,
                                          std::chrono::milliseconds timeout) override {
    return kafka::Committed(client_.get(), partitions, timeout);
  }
  Result<std::int32_t> PartitionCount(const std::string& topic, std::chrono::milliseconds timeout) override {
    return kafka::PartitionCount(client_.get(), topic, timeout);
  }
  Result<std::int64_t> EndOffset(const TopicPartition& partition,
                                 std::chrono::milliseconds timeout) override {
    return kafka::EndOffset(client_.get(), partition, timeout);
  }
  Result<std::map<TopicPartition, std::int64_t>> EndOffsets(const std::vector<TopicPartition>& partitions,
                                                            std::chrono::milliseconds timeout) override {
    return kafka::EndOffsets(client_.get(), partitions, timeout);
  }
  std::optional<std::int64_t> LastHeardEnd(const TopicPartition& partition) const override {
    std::int64_t begin = RD_KAFKA_OFFSET_INVALID;
    std::int64_t end = RD_KAFKA_OFFSET_INVALID;
    const auto code = rd_kafka_get_watermark_offsets(client_.get(), partition.topic.c_str(),
                                                     partition.partition, &begin, &end);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR || end < 0) return std::nullopt;
    return end;
  }
  Result<std::int64_t> OffsetAt(const TopicPartition& partition, WallTime time,
                                std::chrono::milliseconds timeout) override {
    return kafka::OffsetAt(client_.get(), partition, time, timeout);
  }

 private:
  // librdkafka fills a batch until the time is up. So what comes seldom is taken alone, with what has come
  // beside it; and where much came the last time, it is worth a moment to gather more.
  ssize_t Fetch(std::chrono::milliseconds timeout, std::size_t max_records) {
    fetched_.resize(max_records);
    const auto gather = std::min(timeout, std::max(gather_, busy_ ? kGather : std::chrono::milliseconds{0}));
    const ssize_t got = rd_kafka_consume_batch_queue(queue_.get(), static_cast<int>(gather.count()),
                                                     fetched_.data(), max_records);
    if (got != 0) return got;
    fetched_.front() = rd_kafka_consume_queue(queue_.get(), static_cast<int>((timeout - gather).count()));
    if (fetched_.front() == nullptr) return 0;
    const ssize_t more =
        rd_kafka_consume_batch_queue(queue_.get(), 0, &fetched_.front() + 1, max_records - 1);
    return 1 + std::max<ssize_t>(more, 0);
  }

  // Not rd_kafka_commit(): it would wait for ever for a broker that does not answer.
  Status Commit(const std::vector<Position>& positions, int timeout_ms) {
    if (positions.empty()) return Ok();
    const Queue answers(rd_kafka_queue_new(client_.get()));
    const MonoTime sent = runtime::ReadClock().mono;
    const auto asked =
        rd_kafka_commit_queue(client_.get(), ToList(positions).get(), answers.get(), nullptr, nullptr);
    if (asked != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError("commit", asked);
    const std::unique_ptr<rd_kafka_event_t, void (*)(rd_kafka_event_t*)> answer(
        rd_kafka_queue_poll(answers.get(), timeout_ms), &rd_kafka_event_destroy);
    auto code = RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (answer)
      code =
          FirstError(rd_kafka_event_error(answer.get()), rd_kafka_event_topic_partition_list(answer.get()));
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      errors_.Count(Doing::kCommit, code);
      return KafkaError("commit", code);
    }
    NoteAcknowledged(sent);
    return Ok();
  }
  void NoteAcknowledged(MonoTime sent) {
    membership_.Acknowledge(sent, rd_kafka_assignment_lost(client_.get()) != 0);
  }

  // While it closes, librdkafka takes any (un)assign for the answer to its revocation of everything and
  // leaves the group, even from within the listener that is still committing. What was waiting for Poll()
  // when the close began therefore gets no answer, unless nothing is held: then no revocation follows.
  rd_kafka_error_t* OnAssigned(const std::vector<TopicPartition>& partitions,
                               const rd_kafka_topic_partition_list_t* list) {
    if (closed_) return held_.empty() ? rd_kafka_incremental_assign(client_.get(), list) : nullptr;
    if (held_.empty() && !partitions.empty()) membership_.Begin(runtime::ReadClock().mono);
    held_.insert(partitions.begin(), partitions.end());
    rd_kafka_error_t* const failed = rd_kafka_incremental_assign(client_.get(), list);
    // A pause of an earlier assignment outlives it inside librdkafka; the owner has begun anew.
    rd_kafka_resume_partitions(client_.get(), const_cast<rd_kafka_topic_partition_list_t*>(list));
    listener_.on_assigned(partitions);
    return failed;
  }

  rd_kafka_error_t* OnRevoked(const std::vector<TopicPartition>& partitions,
                              const rd_kafka_topic_partition_list_t* list) {
    std::vector<TopicPartition> ended;
    for (const TopicPartition& partition : partitions)
      if (held_.erase(partition) > 0) ended.push_back(partition);
    const bool lost = rd_kafka_assignment_lost(client_.get()) != 0;
    if (lost || held_.empty()) membership_.End();
    if (!ended.empty()) (lost ? listener_.on_lost : listener_.on_revoked)(ended);
    if (closed_ && !held_.empty()) return nullptr;
    return rd_kafka_incremental_unassign(client_.get(), list);
  }

  static void OnRebalance(rd_kafka_t*, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* list,
                          void* opaque) {
    auto& self = *static_cast<RdConsumer*>(opaque);
    const std::vector<TopicPartition> partitions = ToPartitions(*list);
    rd_kafka_error_t* failed = nullptr;
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
      failed = self.OnAssigned(partitions, list);
    } else {
      failed = self.OnRevoked(partitions, list);
    }
    if (failed == nullptr) return;
    log::Warn("kafka.rebalance_failed", {{"error", rd_kafka_error_string(failed)}});
    rd_kafka_error_destroy(failed);
  }

  static void OnError(rd_kafka_t*, int code, const char* text, void* opaque) {
    auto& self = *static_cast<RdConsumer*>(opaque);
    self.brokers_.NoteError(code);
    self.errors_.Count(Doing::kConnect, static_cast<rd_kafka_resp_err_t>(code));
    if (code == RD_KAFKA_RESP_ERR__FATAL) log::Error("kafka.consumer_died", {{"error", text}});
  }

  // librdkafka tells of a commit as a whole only where all of its partitions were refused.
  static rd_kafka_resp_err_t FirstError(rd_kafka_resp_err_t code,
                                        const rd_kafka_topic_partition_list_t* list) {
    for (int i = 0; code == RD_KAFKA_RESP_ERR_NO_ERROR && list != nullptr && i < list->cnt; ++i)
      code = list->elems[i].err;
    return code;
  }

  // The time itself travels as the opaque: librdkafka drops that of a commit that a close overtakes.
  static void* ToOpaque(MonoTime sent) {
    static_assert(sizeof(void*) >= sizeof(MonoTime));
    return reinterpret_cast<void*>(static_cast<std::intptr_t>(sent.time_since_epoch().count()));
  }
  static void OnCommitted(rd_kafka_t* client, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* list,
                          void* sent) {
    auto& self = *static_cast<RdConsumer*>(rd_kafka_opaque(client));
    code = FirstError(code, list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return self.OnCommitFailed(code);
    self.commits_fail_ = false;
    self.NoteAcknowledged(MonoTime(MonoTime::duration(reinterpret_cast<std::intptr_t>(sent))));
  }
  void OnCommitFailed(rd_kafka_resp_err_t code) {
    if (code == RD_KAFKA_RESP_ERR__NO_OFFSET) return;
    errors_.Count(Doing::kCommit, code);
    // While a group rebalances, all of the commits under way fail at once, and are repeated.
    if (!std::exchange(commits_fail_, true))
      log::Warn("kafka.commit_failed", {{"error", rd_kafka_err2str(code)}});
    listener_.on_commit_failed();
  }

  const Listener listener_;
  const ErrorCounts errors_;
  std::shared_ptr<rd_kafka_t> client_;
  Queue queue_;  // also where answers to CommitAsync() arrive, which may be called after a Close()
  BrokerWatch brokers_;
  std::vector<rd_kafka_message_t*> fetched_;
  std::optional<Error> pending_error_;
  std::set<TopicPartition> held_;  // what the listener was told of
  Membership membership_;
  std::chrono::milliseconds gather_{0};
  bool busy_ = false;          // the last batch was large
  bool commits_fail_ = false;  // since it was told
  bool closed_ = false;
};

}  // namespace

Result<std::unique_ptr<Consumer>> Consumer::Create(const ConsumerOptions& options, Listener listener) {
  auto consumer = std::make_unique<RdConsumer>(std::move(listener), options.cluster.errors);
  if (Status opened = consumer->Open(options); !opened) return opened.error();
  return std::unique_ptr<Consumer>(std::move(consumer));
}

}  // namespace webhook::kafka
