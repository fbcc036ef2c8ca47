#pragma once

#include "services/delivery-worker/adapters/partition_runner.h"
#include "services/delivery-worker/engine/pump_lane.h"

namespace webhook {

struct PumpContext {
  PumpLimits limits;
  std::int32_t delivery_partitions = 0;  // of webhook.deliveries
};

// A PumpLane with the producer.
class PumpRunner : public PartitionRunner, private MovePort {
 public:
  PumpRunner(kafka::TopicPartition partition, const Checkpoint& from, const Parts& parts,
             const PumpContext& context, const LeasePort& lease);

 private:
  Lane& lane() override { return lane_; }
  const Lane& lane() const override { return lane_; }
  Status Take(const kafka::ConsumedRecord& record, Now now) override;
  void Move(Token token, const char* topic, const Waiting& waiting) override;

  const PumpContext context_;
  PumpLane lane_;
};

}  // namespace webhook
