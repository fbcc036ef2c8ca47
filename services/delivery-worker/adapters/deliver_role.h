#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kafka/consumer.h"
#include "kafka/producer.h"
#include "runtime/health.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"
#include "services/delivery-worker/adapters/deliver_loop.h"
#include "services/delivery-worker/adapters/webhook_copy.h"

namespace webhook {

struct DeliverOptions {
  std::string brokers;
  LaneLimits lane;
  std::size_t max_held_bytes = 128u << 20;  // event bodies of all partitions; then all are paused
  std::chrono::milliseconds drain_timeout{30'000};
};

// Consumes webhook.deliveries and gives each assigned partition to a PartitionRunner on one of the lane
// loops; commits every 250 ms what the lanes allow. A partition
// with a full window is paused alone.
class DeliverRole {
 public:
  // All outlive the role.
  struct Parts {
    std::vector<std::unique_ptr<DeliverLoop>>& loops;
    kafka::Producer& producer;
    DeactivatePort& deactivate;
    const WebhookCopy& webhooks;
    const WorkerMetrics& metrics;
    runtime::Health& health;
  };
  // Starts the role's thread, which waits for the first copy of the webhooks.
  DeliverRole(const DeliverOptions& options, const Parts& parts);
  ~DeliverRole();  // Stop()

  // Asks the role to drain: no new requests; those in flight are finished and recorded, at most
  // drain_timeout; commits; leaves the group.
  void RequestStop() { stop_.RequestStop(); }
  // RequestStop(), and waits for its end. Idempotent.
  void Stop();

 private:
  struct Assigned {
    std::shared_ptr<PartitionRunner> runner;
    DeliverLoop* loop = nullptr;
    std::int64_t committed = -1;
    bool paused = false;
  };

  void Run();
  bool Subscribe();
  void PollOnce();
  void OnAssigned(const std::vector<kafka::TopicPartition>& partitions);
  void OnRevoked(const std::vector<kafka::TopicPartition>& partitions);
  void OnLost(const std::vector<kafka::TopicPartition>& partitions);
  void Forget(const kafka::TopicPartition& partition);
  void Checkpoint();
  // Of all partitions that are held.
  std::vector<kafka::Consumer::Position> Committable() const;
  // Those that have moved since this was asked last.
  std::vector<kafka::Consumer::Position> Uncommitted();
  void BalanceIntake();
  // Waits until the runners have drained, at most this long.
  void AwaitDrained(const std::vector<std::shared_ptr<PartitionRunner>>& runners,
                    std::chrono::milliseconds timeout);

  const DeliverOptions options_;
  Parts parts_;
  runtime::StopToken stop_;
  std::unique_ptr<kafka::Consumer> consumer_;
  std::map<std::int32_t, Assigned> assigned_;  // the role's thread only
  MonoTime next_checkpoint_{};
  runtime::Thread thread_;
};

}  // namespace webhook
