#pragma once

#include "services/delivery-worker/adapters/config_barrier.h"
#include "services/delivery-worker/adapters/partition_runner.h"
#include "services/delivery-worker/engine/fanout_lane.h"

namespace webhook {

// A FanoutLane with the producer and the barrier.
class FanoutRunner : public PartitionRunner,
                     private DeliveriesPort,
                     private JournalPort,
                     private ReportPort,
                     private BarrierPort,
                     private FanoutReportPort {
 public:
  // All outlive the runner.
  struct Context {
    FanoutLimits limits;
    ConfigBarrier& barrier;
    const WebhookDirectory& webhooks;
    const LeasePort& lease;
  };
  FanoutRunner(kafka::TopicPartition partition, const Checkpoint& from, const Parts& parts,
               const Context& context);

 private:
  Lane& lane() override { return lane_; }
  const Lane& lane() const override { return lane_; }
  Status Take(const kafka::ConsumedRecord& record, Now now) override;
  void AppendDelivery(Token token, const Delivery& delivery) override;
  void AppendWait(Token token, const char* topic, const Delivery& delivery) override {
    ProduceDelivery(token, topic, -1, delivery);
  }
  void AppendAttempt(Token token, const AttemptRecord& record) override { ProduceAttempt(token, record); }
  void Report(const AttemptRecord& record, const Event& event) override;
  void AskBarrier() override;
  void ReportFanout(FannedOut what, std::size_t deliveries) override;

  ConfigBarrier& barrier_;
  const std::int32_t delivery_partitions_;
  FanoutLane lane_;
};

}  // namespace webhook
