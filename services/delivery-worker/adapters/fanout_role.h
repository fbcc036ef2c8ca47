#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/recent_set.h"
#include "kafka/consumer.h"
#include "kafka/producer.h"
#include "rpc/watch_client.h"
#include "runtime/health.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"
#include "services/delivery-worker/adapters/reliable_append.h"
#include "services/delivery-worker/adapters/webhook_copy.h"
#include "services/delivery-worker/adapters/worker_metrics.h"

namespace webhook {

// Consumes webhook.events batch by batch: barrier, match, append one delivery for each webhook, and commit
// when all are acknowledged. A crash repeats a batch; its deliveries carry the same ids, and the lanes drop
// the copies. An event that cannot be decoded goes to webhook.poison.
class FanoutRole {
 public:
  // All outlive the role.
  struct Parts {
    kafka::Producer& producer;
    rpc::RegistryClient& registry;
    const WebhookCopy& webhooks;
    const WorkerMetrics& metrics;
    runtime::Health& health;
  };
  // Starts the role's thread, which waits for the first copy of the webhooks.
  FanoutRole(std::string brokers, const Parts& parts);
  ~FanoutRole();  // Stop()

  // Asks the role to finish the batch, to commit and to leave the group.
  void RequestStop() { stop_.RequestStop(); }
  // RequestStop(), and waits for its end. Idempotent.
  void Stop();

 private:
  void Run();
  bool Subscribe();
  void PollOnce();
  // Waits until the copy of the webhooks has what the registry had committed when it was asked: a webhook
  // created before the publish is matched. Goes on with the copy as it is where no registry answers (then
  // nothing can have changed lately), or where the copy stays behind for 30 s. False: stopped before.
  bool ReachBarrier();
  void FanOutRecord(const kafka::ConsumedRecord& record, ReliableAppend& append);
  void FanOutEvent(const std::shared_ptr<const Event>& event, ReliableAppend& append);
  void NoteDone(const std::vector<kafka::ConsumedRecord>& records);
  std::vector<kafka::Consumer::Position> Done() const;
  void OnRevoked(const std::vector<kafka::TopicPartition>& partitions);

  const std::string brokers_;
  Parts parts_;
  runtime::StopToken stop_;
  std::unique_ptr<kafka::Consumer> consumer_;
  std::int32_t delivery_partitions_ = 0;
  std::map<kafka::TopicPartition, std::int64_t> done_;  // next offset of each partition that is held
  RecentSet seen_;  // events whose deliveries are acknowledged: repeats of a publish are dropped
  std::vector<Bytes16> batch_seen_;  // those of the batch at hand
  runtime::Thread thread_;
};

}  // namespace webhook
