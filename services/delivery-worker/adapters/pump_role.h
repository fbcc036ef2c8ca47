#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kafka/consumer.h"
#include "kafka/producer.h"
#include "runtime/health.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"
#include "services/delivery-worker/adapters/reliable_append.h"
#include "services/delivery-worker/adapters/worker_metrics.h"
#include "services/delivery-worker/engine/pump_queue.h"

namespace webhook {

struct PumpOptions {
  std::string brokers;
  double time_scale = 1;  // the tiers' pauses are multiplied by it; the same in every worker
  std::chrono::seconds max_age{3 * 24 * 3600};  // of a delivery: then the lane shall end it
  std::size_t max_records = 200;                // held of one partition; then it is paused
  std::size_t max_bytes = 1u << 20;
};

// Consumes the wait tiers and gives back to webhook.deliveries what is due, or to another tier what is due
// later. A record that cannot be decoded goes to webhook.poison.
class PumpRole {
 public:
  // All outlive the role.
  struct Parts {
    kafka::Producer& producer;
    const WorkerMetrics& metrics;
    runtime::Health& health;
  };
  // Starts the role's thread.
  PumpRole(const PumpOptions& options, const Parts& parts);
  ~PumpRole();  // Stop()

  // Asks the role to commit and to leave the group.
  void RequestStop() { stop_.RequestStop(); }
  // RequestStop(), and waits for its end. Idempotent.
  void Stop();

 private:
  struct Assigned {
    PumpQueue queue;
    std::int64_t committed = -1;
    bool paused = false;
  };

  void Run();
  bool Subscribe();
  void PollOnce();
  void OnRevoked(const std::vector<kafka::TopicPartition>& partitions, bool may_commit);
  void Take(const kafka::ConsumedRecord& record, ReliableAppend& append,
            std::vector<std::pair<kafka::TopicPartition, std::int64_t>>* moved);
  // Moves what is due; false where the stop came first.
  bool Release();
  std::chrono::milliseconds UntilNextRelease() const;
  void BalanceIntake();
  // Of all partitions that are held.
  std::vector<kafka::Consumer::Position> Committable() const;
  // Those that have moved since this was asked last.
  std::vector<kafka::Consumer::Position> Uncommitted();

  const PumpOptions options_;
  Parts parts_;
  runtime::StopToken stop_;
  std::unique_ptr<kafka::Consumer> consumer_;
  std::int32_t delivery_partitions_ = 0;
  std::map<kafka::TopicPartition, Assigned> assigned_;
  MonoTime next_checkpoint_{};
  runtime::Thread thread_;
};

}  // namespace webhook
