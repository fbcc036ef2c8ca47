#include "services/delivery-worker/adapters/pump_runner.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "domain/topics.h"
#include "records/records.h"
#include "services/delivery-worker/engine/stages.h"

namespace webhook {

PumpRunner::PumpRunner(kafka::TopicPartition partition, const Checkpoint& from, const Parts& parts,
                       const PumpContext& context, const LeasePort& lease)
    : PartitionRunner(std::move(partition), from, parts),
      context_(context),
      lane_(from, context.limits, *this, lease) {}

Status PumpRunner::Take(const kafka::ConsumedRecord& record, Now) {
  const auto delivery = DecodeDelivery(record.value);
  if (!delivery) return delivery.error();
  const WallTime release = record.timestamp + TierDelay(record.topic, context_.limits.time_scale);
  const WallTime due =
      std::min<WallTime>(delivery->due_at.value_or(release), delivery->created_at + context_.max_age);
  lane_.OnWaiting(
      {record.offset, release, due, delivery->webhook_id, delivery->id, std::string(record.value)});
  return Ok();
}

void PumpRunner::Move(Token token, const char* topic, const Waiting& waiting) {
  const bool to_lane = std::string_view(topic) == kDeliveriesTopic;
  (to_lane ? parts().metrics.pump_released : parts().metrics.pump_hopped).Add();
  Produce(token, {topic, to_lane ? DeliveryPartition(waiting.webhook, context_.delivery_partitions) : -1,
                  waiting.delivery.str(), waiting.value});
}

}  // namespace webhook
