#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "http/client.h"
#include "kafka/consumer.h"
#include "kafka/producer.h"
#include "runtime/event_loop.h"
#include "services/delivery-worker/adapters/worker_metrics.h"
#include "services/delivery-worker/engine/delivery_lane.h"

namespace webhook {

// One assigned partition of webhook.deliveries: a DeliveryLane on its loop, under the real ports. Made for
// one assignment epoch; what answers after it was let go finds nobody and is dropped. The only caller of its
// lane: what comes from the role's thread or the producer's is posted to the loop. Puts records that cannot
// be decoded into webhook.poison, and repeats that until it is acknowledged.
class PartitionRunner : public HttpPort,
                        public JournalPort,
                        public ReportPort,
                        public std::enable_shared_from_this<PartitionRunner> {
 public:
  // All outlive the runner.
  struct Parts {
    runtime::EventLoop& loop;
    http::Client& client;
    kafka::Producer& producer;
    DeactivatePort& deactivate;
    const WebhookDirectory& webhooks;
    const WorkerMetrics& metrics;
  };
  PartitionRunner(std::int32_t partition, const LaneLimits& limits, const Parts& parts);

  // --- from the role's thread

  // Gives the records of the batch with these indexes to the lane; they are decoded on its loop.
  void Feed(std::shared_ptr<kafka::Batch> batch, std::vector<std::size_t> records);
  void BeginDrain();
  // As DeliveryLane::Abandon.
  void Abandon();
  // As the lane said last: see DeliveryLane. -1: nothing to commit.
  std::int64_t committable() const { return committable_.load(std::memory_order_acquire); }
  // Records that were fed, from the oldest incomplete on.
  std::size_t backlog() const;
  // Deliveries that are not over, and the bytes of their bodies.
  std::size_t held() const { return held_.load(std::memory_order_relaxed); }
  std::size_t held_bytes() const { return held_bytes_.load(std::memory_order_relaxed); }
  // After BeginDrain(): nothing is in flight, all effects are acknowledged.
  bool drained() const { return drained_.load(std::memory_order_acquire); }

  // --- on the loop

  void OnTick();

  void Send(Token token, const Delivery& delivery, const std::shared_ptr<const Webhook>& webhook) override;
  void AppendWait(Token token, const char* topic, const Delivery& delivery) override;
  void AppendAttempt(Token token, const AttemptRecord& record) override;
  void Report(const AttemptRecord& record) override;

 private:
  void OnRecord(const kafka::ConsumedRecord& record);
  void KeepPoison(const kafka::ConsumedRecord& record, const Error& error);
  void AppendPoison(std::int64_t offset, std::shared_ptr<const std::string> value);
  void Produce(Token token, const kafka::ProducerRecord& record);
  void OnProduced(Token token, bool ok);
  void StopIntake(void (DeliveryLane::*how)());
  void Publish();

  const std::int32_t partition_;
  Parts parts_;
  DeliveryLane lane_;
  bool draining_ = false;
  std::atomic<std::int64_t> committable_{-1};
  std::atomic<std::size_t> posted_{0};  // fed, not yet with the lane
  std::atomic<std::size_t> window_{0};
  std::atomic<std::size_t> held_{0};
  std::atomic<std::size_t> held_bytes_{0};
  std::atomic<bool> drained_{false};
};

}  // namespace webhook
