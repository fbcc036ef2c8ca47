#include "services/delivery-worker/adapters/pump_runner.h"

#include <string>
#include <string_view>
#include <utility>

#include "domain/topics.h"
#include "records/records.h"

namespace webhook {

PumpRunner::PumpRunner(kafka::TopicPartition partition, const Checkpoint& from, const Parts& parts,
                       const PumpContext& context, const LeasePort& lease)
    : PartitionRunner(std::move(partition), from, parts),
      context_(context),
      lane_(this->partition().topic, from, context.limits, *this, lease) {}

Status PumpRunner::Take(const kafka::ConsumedRecord& record, Now now) {
  const auto delivery = DecodeDelivery(record.value);
  if (!delivery) return delivery.error();
  lane_.OnWaiting(*delivery, record.offset, record.timestamp, std::string(record.value), now);
  return Ok();
}

void PumpRunner::Move(Token token, const char* topic, const Waiting& waiting) {
  const bool to_lane = std::string_view(topic) == kDeliveriesTopic;
  (to_lane ? parts().metrics.pump_released : parts().metrics.pump_hopped).Add();
  Produce(token, {topic, to_lane ? DeliveryPartition(waiting.webhook, context_.delivery_partitions) : -1,
                  waiting.delivery.view(), waiting.value});
}

}  // namespace webhook
