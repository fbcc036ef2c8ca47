#include "services/registry/log_writer/log_writer.h"

#include <algorithm>
#include <future>
#include <utility>

#include "domain/topics.h"
#include "log/log.h"
#include "metrics/families.h"
#include "records/records.h"
#include "runtime/clock.h"
#include "services/registry/log_writer/gather_time.h"

namespace webhook {
namespace {

constexpr std::int64_t kLockKey = 0x77656268'6f6f6b02;  // "webhook" 02
constexpr std::chrono::milliseconds kRetry{1'000};
constexpr std::chrono::milliseconds kPoll{200};
constexpr std::chrono::milliseconds kTopicTimeout{2'000};
constexpr std::chrono::milliseconds kProgress{1'000};
constexpr std::chrono::minutes kLongLag{1};
// One transaction: many records, for throughput, and few bytes, for memory.
constexpr std::size_t kMaxRecords = 16'000;
constexpr std::size_t kMaxBytes = 12u << 20;
constexpr std::size_t kRecordsAPoll = 1'000;
constexpr std::size_t kPrefetchedKbytes = 8'192;
constexpr std::int64_t kBeginning = -2;

}  // namespace

LogWriterMetrics::LogWriterMetrics(metrics::Registry& registry)
    : records(registry.Make(metrics::kLogRecords)),
      poison(registry.Make(metrics::kPoisonRecords, {{"topic", kAttemptsTopic}})),
      missed(registry.Make(metrics::kLogMissedRecords)),
      failures(registry.Make(metrics::kLogFailures)),
      lag_seconds(registry.Make(metrics::kLogLag)),
      writing(registry.Make(metrics::kLogWriting)) {}

LogWriter::LogWriter(Options options, kafka::Producer& producer, const LogWriterMetrics& metrics)
    : options_(std::move(options)),
      producer_(producer),
      metrics_(metrics),
      days_(options_.retention),
      thread_("log-writer", [this] { Run(); }) {}

LogWriter::~LogWriter() {
  Stop();
}

void LogWriter::Stop() {
  stop_.RequestStop();
  thread_.Join();
}

void LogWriter::Run() {
  while (!stop_.stopped()) {
    const Status ended = WriteUntilFailure();
    metrics_.writing.Set(0);
    session_.reset();
    if (ended) continue;
    metrics_.failures.Add();
    log::Warn("delivery_log.interrupted", {{"error", ended.error().message}});
    stop_.WaitFor(kRetry);
  }
}

Status LogWriter::WriteUntilFailure() {
  auto session = postgres::Session::Open(options_.database);
  if (!session) return session.error();
  session_ = std::move(*session);
  days_.Forget();
  for (;;) {
    const auto locked = session_->TryAdvisoryLock(kLockKey);
    if (!locked) return locked.error();
    if (*locked) break;
    if (stop_.WaitFor(kRetry)) return Ok();
  }
  auto offsets = store::ReadLogOffsets(*session_);
  if (!offsets) return offsets.error();
  next_ = std::move(*offsets);
  const auto consumer = OpenConsumer();
  if (!consumer) return consumer.error();
  metrics_.writing.Set(1);
  log::Info("delivery_log.started");
  while (!stop_.stopped()) {
    const Fetched fetched = Fetch(**consumer);
    if (!fetched.records.empty()) {
      if (Status written = WriteBatch(fetched.records); !written) return written;
    }
    if (Status noted = NoteProgress(**consumer); !noted) return noted;
  }
  return Ok();
}

LogWriter::Fetched LogWriter::Fetch(kafka::Consumer& consumer) {
  Fetched fetched;
  std::size_t bytes = 0;
  const MonoTime until = runtime::ReadClock().mono + GatherTime(fetched_before_);
  while (fetched.records.size() < kMaxRecords && bytes < kMaxBytes && !stop_.stopped()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - runtime::ReadClock().mono);
    const auto patience = fetched.records.empty() ? kPoll : std::max(left, std::chrono::milliseconds(0));
    auto batch = consumer.Poll(patience, kRecordsAPoll);
    // The consumer heals by itself.
    if (!batch) stop_.WaitFor(kPoll);
    if (!batch || (*batch)->records().empty()) break;
    for (const kafka::ConsumedRecord& record : (*batch)->records()) {
      bytes += record.value.size();
      fetched.records.push_back(record);
    }
    fetched.batches.push_back(std::move(*batch));
  }
  fetched_before_ = fetched.records.size();
  return fetched;
}

Result<std::unique_ptr<kafka::Consumer>> LogWriter::OpenConsumer() {
  kafka::ConsumerOptions options;
  options.gather = kPoll;  // a transaction for each record would wear the database out
  options.cluster = options_.cluster;
  options.client_id = "registry-log";
  options.max_queued_kbytes = kPrefetchedKbytes;
  auto consumer = kafka::Consumer::Create(options, {});
  if (!consumer) return consumer.error();
  std::vector<kafka::Consumer::Position> positions;
  partitions_.clear();
  newest_.clear();
  for (const char* topic : {kEventsTopic, kAttemptsTopic}) {
    const auto count = (*consumer)->PartitionCount(topic, kTopicTimeout);
    if (!count) return count.error();
    for (std::int32_t partition = 0; partition < *count; ++partition) {
      partitions_.push_back({topic, partition});
      const auto known = next_.find({topic, partition});
      positions.push_back({{topic, partition}, known == next_.end() ? kBeginning : known->second});
    }
  }
  if (Status assigned = (*consumer)->Assign(positions); !assigned) return assigned.error();
  return consumer;
}

Status LogWriter::WriteBatch(const std::vector<kafka::ConsumedRecord>& records) {
  store::LogBatch batch;
  for (const kafka::ConsumedRecord& record : records) {
    if (Status taken = Take(record, &batch); !taken) return taken;
  }
  Status stored = Store(batch);
  if (!stored && stored.error().reason == postgres::kBadValue) {
    // Of a day whose partition was there and is gone, no record is to blame.
    days_.Forget();
    stored = Store(batch);
  }
  if (!stored && stored.error().reason == postgres::kBadValue) {
    // One of them does not fit the tables: each by itself, so that only that one is put aside.
    log::Error("delivery_log.batch_refused", {{"error", stored.error().message}});
    for (const kafka::ConsumedRecord& record : records) {
      store::LogBatch single;
      if (Status taken = Take(record, &single); !taken) return taken;
      stored = Store(single);
      if (!stored && stored.error().reason == postgres::kBadValue) {
        if (Status kept = KeepPoison(record, stored.error()); !kept) return kept;
        single.events.clear();
        single.attempts.clear();
        stored = Store(single);
      }
      if (!stored) return stored;
    }
  }
  if (!stored) return stored;
  metrics_.records.Add(static_cast<double>(records.size()));
  for (const kafka::ConsumedRecord& record : records) {
    WallTime& newest = newest_[{std::string(record.topic), record.partition}];
    newest = std::max(newest, record.timestamp);
  }
  return Ok();
}

Status LogWriter::NoteProgress(kafka::Consumer& consumer) {
  const Now now = runtime::ReadClock();
  if (now.mono < progress_noted_ + kProgress) return Ok();
  progress_noted_ = now.mono;
  WallTime complete_to = now.wall;
  const auto ends = consumer.EndOffsets(partitions_, kTopicTimeout);
  // What is not known is not told; the next look may know it.
  if (!ends) return Ok();
  for (const kafka::TopicPartition& partition : partitions_) {
    const store::LogPartition key(partition.topic, partition.partition);
    const auto end = ends->find(partition);
    if (end == ends->end()) return Ok();
    const auto next = next_.find(key);
    const std::int64_t written = next == next_.end() ? 0 : next->second;
    if (end->second == written) {
      newest_[key] = now.wall;
      continue;
    }
    const auto newest = newest_.find(key);
    if (newest == newest_.end() || newest->second < now.wall - kLongLag) {
      // Retention may have left none of what is not written.
      const auto first = consumer.OffsetAt(partition, WallTime{}, kTopicTimeout);
      if (!first) return Ok();
      if (*first == end->second) continue;
      if (newest == newest_.end()) return Ok();
    }
    complete_to = std::min(complete_to, newest->second);
  }
  metrics_.lag_seconds.Set(std::chrono::duration<double>(now.wall - complete_to).count());
  return store::NoteLogProgress(*session_, complete_to);
}

Status LogWriter::Take(const kafka::ConsumedRecord& record, store::LogBatch* batch) {
  const store::LogPartition partition(record.topic, record.partition);
  const auto known = next_.find(partition);
  const bool first = !batch->offsets.contains(partition);
  store::OffsetStep& step = batch->offsets[partition];
  step.from = known == next_.end() ? 0 : known->second;
  const std::int64_t expected = first ? step.from : step.to;
  if (record.offset > expected && (known != next_.end() || !first)) {
    // Kafka's retention has passed what was not written in time: rows are missing for good.
    metrics_.missed.Add(static_cast<double>(record.offset - expected));
    log::Error(
        "delivery_log.records_missed",
        {{"topic", record.topic}, {"partition", record.partition}, {"count", record.offset - expected}});
  }
  step.to = record.offset + 1;
  if (record.topic == kEventsTopic) {
    auto event = DecodeEvent(record.value);
    if (!event) return KeepPoison(record, event.error());
    batch->events.push_back(std::move(*event));
  } else {
    auto attempt = DecodeAttempt(record.value);
    if (!attempt) return KeepPoison(record, attempt.error());
    batch->attempts.push_back(std::move(*attempt));
  }
  return Ok();
}

Status LogWriter::KeepPoison(const kafka::ConsumedRecord& record, const Error& error) {
  // Fan-out puts an undecodable event aside already; here it is only left out.
  if (record.topic == kEventsTopic && error.code == ErrorCode::kInvalid) return Ok();
  metrics_.poison.Add();
  log::Error("record.poisoned", {{"topic", record.topic},
                                 {"partition", record.partition},
                                 {"offset", record.offset},
                                 {"error", error.message}});
  const std::string value =
      EncodePoison(record.topic, record.partition, record.offset, error.message, record.key, record.value);
  const auto answer = std::make_shared<std::promise<Status>>();
  auto acknowledged = answer->get_future();
  const Status accepted = producer_.Produce(
      {kPoisonTopic, -1, record.key, value},
      [answer](const Result<std::int64_t>& offset) { answer->set_value(WithoutValue(offset)); });
  return accepted ? acknowledged.get() : accepted;
}

Status LogWriter::Store(const store::LogBatch& batch) {
  Status written = store::WriteLog(*session_, days_, batch, runtime::ReadClock().wall);
  if (!written) return written;
  for (const auto& [partition, step] : batch.offsets) next_[partition] = step.to;
  return Ok();
}

}  // namespace webhook
