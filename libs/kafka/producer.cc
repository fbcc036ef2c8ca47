#include "kafka/producer.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "kafka/internal/client_conf.h"
#include "kafka/internal/error_counts.h"
#include "log/log.h"
#include "runtime/clock.h"
#include "runtime/signals.h"
#include "runtime/thread.h"

namespace webhook::kafka {
namespace {

constexpr int kPollMs = 100;
// A body of 256 KiB can grow when its numbers are written out; topics are made with the same limit.
constexpr char kMaxMessageBytes[] = "2000000";

constexpr std::int64_t kUnknownOffset = -1;

Error AppendError(rd_kafka_resp_err_t code) {
  if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
    return Error{ErrorCode::kTooLarge, "record_too_large", "the broker refuses a record of this size"};
  return KafkaError("append", code);
}

class RdProducer : public Producer {
 public:
  explicit RdProducer(metrics::Registry* errors) : errors_(errors) {}
  ~RdProducer() override {
    if (!client_) return;  // its settings could not be used
    stopping_.store(true);
    // What is still queued fails now, to its callbacks.
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    poller_.Join();
  }

  Status Open(const ProducerOptions& options) {
    Conf conf = MakeConf(options.cluster, options.client_id);
    Set(conf, "acks", "all");
    Set(conf, "enable.idempotence", "true");
    Set(conf, "compression.codec", "lz4");
    Set(conf, "partitioner", "murmur2_random");
    Set(conf, "linger.ms", std::to_string(options.linger.count()));
    Set(conf, "message.timeout.ms", std::to_string(options.message_timeout.count()));
    Set(conf, "message.max.bytes", kMaxMessageBytes);
    max_queued_records_ = options.max_queued_records;
    max_queued_bytes_ = options.max_queued_bytes;
    Set(conf, "queue.buffering.max.messages", std::to_string(options.max_queued_records));
    Set(conf, "queue.buffering.max.kbytes", std::to_string(options.max_queued_bytes / 1024));
    Set(conf, "allow.auto.create.topics", "false");
    rd_kafka_conf_set_opaque(conf.get(), this);
    rd_kafka_conf_set_dr_msg_cb(conf.get(), &OnDelivery);
    rd_kafka_conf_set_error_cb(conf.get(), &OnError);
    auto client = MakeClient(RD_KAFKA_PRODUCER, std::move(conf));
    if (!client) return client.error();
    client_ = std::move(*client);
    poller_ = runtime::Thread("kafka-acks", [this] { Poll(); });
    return Ok();
  }

  Status Enqueue(const ProducerRecord& record, Listener& listener) override {
    // Counted first: the acknowledgement may come before the call returns.
    queued_.fetch_add(1);
    queued_bytes_.fetch_add(record.value.size());
    const int failed = rd_kafka_produce(TopicOf(record.topic), record.partition, RD_KAFKA_MSG_F_COPY,
                                        const_cast<char*>(record.value.data()), record.value.size(),
                                        record.key.data(), record.key.size(), &listener);
    if (failed == 0) return Ok();
    const rd_kafka_resp_err_t code = rd_kafka_last_error();
    queued_.fetch_sub(1);
    queued_bytes_.fetch_sub(record.value.size());
    errors_.Count(Doing::kProduce, code);
    switch (code) {
      case RD_KAFKA_RESP_ERR__QUEUE_FULL:
        return Error{ErrorCode::kLimited, "queue_full", "too many records wait for the broker"};
      // The operator has not made it yet, or all of it: nothing that the record's sender could mend.
      case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        return Error{ErrorCode::kUnavailable, "unknown_topic",
                     std::string(record.topic) + ": " + rd_kafka_err2str(code)};
      default:
        return AppendError(code);
    }
  }

  bool Flush(std::chrono::milliseconds timeout) override {
    const MonoTime end = runtime::ReadClock().mono + timeout;
    while (queued() > 0) {
      const auto rest =
          std::chrono::duration_cast<std::chrono::milliseconds>(end - runtime::ReadClock().mono);
      if (rest.count() <= 0) return false;
      // Sends what lingers; the poller serves the reports, so a moment may pass until they are counted.
      rd_kafka_flush(client_.get(), static_cast<int>(std::min(rest, kFlushStep).count()));
    }
    return true;
  }

  std::size_t queued() const override { return queued_.load(); }
  double used() const override {
    const auto share = [](std::size_t part, std::size_t whole) {
      return static_cast<double>(part) / static_cast<double>(whole);
    };
    return std::max(share(queued(), max_queued_records_), share(queued_bytes_.load(), max_queued_bytes_));
  }
  bool connected() const override { return brokers_.up(); }

 private:
  using Topic = std::unique_ptr<rd_kafka_topic_t, void (*)(rd_kafka_topic_t*)>;

  static constexpr std::chrono::milliseconds kFlushStep{10};

  // librdkafka would search its list of topics for each record.
  rd_kafka_topic_t* TopicOf(std::string_view name) {
    {
      const std::shared_lock lock(topics_mutex_);
      if (const auto found = topics_.find(name); found != topics_.end()) return found->second.get();
    }
    const std::unique_lock lock(topics_mutex_);
    const std::string text(name);
    const auto [place, made] = topics_.try_emplace(text, nullptr, &rd_kafka_topic_destroy);
    if (made) place->second.reset(rd_kafka_topic_new(client_.get(), text.c_str(), nullptr));
    return place->second.get();
  }

  static void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    auto& self = *static_cast<RdProducer*>(opaque);
    Listener& listener = *static_cast<Listener*>(message->_private);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      self.brokers_.NoteAnswer();
      listener.OnAnswer(std::max(message->offset, kUnknownOffset));
    } else {
      // A purge is no error: the producer goes.
      if (!self.stopping_.load()) self.errors_.Count(Doing::kProduce, message->err);
      listener.OnAnswer(AppendError(message->err));
    }
    self.queued_.fetch_sub(1);
    self.queued_bytes_.fetch_sub(message->len);
  }

  static void OnError(rd_kafka_t* client, int code, const char* text, void* opaque) {
    auto& self = *static_cast<RdProducer*>(opaque);
    self.brokers_.NoteError(code);
    self.errors_.Count(Doing::kConnect, static_cast<rd_kafka_resp_err_t>(code));
    if (code != RD_KAFKA_RESP_ERR__FATAL) return;
    char detail[256];
    rd_kafka_fatal_error(client, detail, sizeof detail);
    log::Error("kafka.producer_died", {{"error", text}, {"detail", detail}});
    runtime::RequestShutdown();
  }

  void Poll() {
    while (!stopping_.load() || queued() > 0) {
      rd_kafka_poll(client_.get(), kPollMs);
      if (!stopping_.load()) brokers_.Check(client_.get(), runtime::ReadClock().mono);
    }
  }

  const ErrorCounts errors_;
  std::shared_ptr<rd_kafka_t> client_;
  std::shared_mutex topics_mutex_;
  std::map<std::string, Topic, std::less<>> topics_;  // before the client goes
  BrokerWatch brokers_;
  std::size_t max_queued_records_ = 1;
  std::size_t max_queued_bytes_ = 1;
  std::atomic<std::size_t> queued_{0};
  std::atomic<std::size_t> queued_bytes_{0};  // of values: what librdkafka counts against its bound
  std::atomic<bool> stopping_{false};
  runtime::Thread poller_;
};

// Calls a function, and goes.
class Once final : public Producer::Listener {
 public:
  explicit Once(Producer::OnAnswer done) : done_(std::move(done)) {}
  void OnAnswer(const Result<std::int64_t>& offset) override {
    const std::unique_ptr<Once> gone(this);
    done_(offset);
  }

 private:
  const Producer::OnAnswer done_;
};

}  // namespace

Status Producer::Produce(const ProducerRecord& record, OnAnswer done) {
  auto once = std::make_unique<Once>(std::move(done));
  Status accepted = Enqueue(record, *once);
  if (accepted) static_cast<void>(once.release());
  return accepted;
}

Result<std::unique_ptr<Producer>> Producer::Create(const ProducerOptions& options) {
  auto producer = std::make_unique<RdProducer>(options.cluster.errors);
  if (Status opened = producer->Open(options); !opened) return opened.error();
  return std::unique_ptr<Producer>(std::move(producer));
}

}  // namespace webhook::kafka
