#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kafka/consumer.h"
#include "kafka/producer.h"
#include "metrics/metrics.h"
#include "postgres/database.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"
#include "services/registry/store/delivery_log.h"

namespace webhook {

struct LogWriterMetrics {
  explicit LogWriterMetrics(metrics::Registry& registry);

  metrics::Counter records;
  metrics::Counter poison;
  metrics::Counter missed;
  metrics::Counter failures;
  metrics::Gauge lag_seconds;
  metrics::Gauge writing;  // 1: this replica holds the lock
};

// Writes webhook.events and webhook.attempts into the delivery log: one writer among all replicas, by
// advisory lock. Offsets are kept in Postgres, in the transaction of what they stand for, so every record is
// written exactly once; whatever fails, the writer goes back to what the table says. A record that cannot be
// decoded or stored goes to webhook.poison, and the log goes on; an undecodable event is only left out, since
// fan-out puts it there.
class LogWriter {
 public:
  struct Options {
    kafka::Cluster cluster;
    postgres::DatabaseOptions database;
    std::chrono::days retention;  // of the log
  };
  // Starts the writer's thread. The producer (for poison) and the metrics outlive it.
  LogWriter(Options options, kafka::Producer& producer, const LogWriterMetrics& metrics);
  ~LogWriter();  // Stop()

  // Ends after the batch at hand. Idempotent.
  void Stop();

 private:
  void Run();
  // Becomes the writer and writes until something fails or the stop comes.
  Status WriteUntilFailure();
  Result<std::unique_ptr<kafka::Consumer>> OpenConsumer();
  struct Fetched {
    std::vector<std::unique_ptr<kafka::Batch>> batches;
    std::vector<kafka::ConsumedRecord> records;  // views into the batches
  };
  Fetched Fetch(kafka::Consumer& consumer);
  Status WriteBatch(const std::vector<kafka::ConsumedRecord>& records);
  // Puts the record into the batch, or into the poison topic.
  Status Take(const kafka::ConsumedRecord& record, store::LogBatch* batch);
  Status KeepPoison(const kafka::ConsumedRecord& record, const Error& error);
  Status Store(const store::LogBatch& batch);
  // Tells, once a second, up to when the log is complete.
  Status NoteProgress(kafka::Consumer& consumer);

  const Options options_;
  kafka::Producer& producer_;
  const LogWriterMetrics& metrics_;
  runtime::StopToken stop_;
  std::unique_ptr<postgres::Session> session_;
  store::LogDays days_;
  std::map<store::LogPartition, std::int64_t> next_;  // offsets as the table holds them
  std::vector<kafka::TopicPartition> partitions_;
  std::map<store::LogPartition, WallTime> newest_;  // up to when all of it is written, as far as is known
  MonoTime progress_noted_{};
  std::size_t fetched_before_ = 0;  // records of the batch before
  runtime::Thread thread_;
};

}  // namespace webhook
