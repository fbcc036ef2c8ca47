#include "services/delivery-worker/adapters/fanout_runner.h"

#include <utility>

#include "domain/topics.h"
#include "records/records.h"
#include "services/delivery-worker/adapters/tell_attempt.h"

namespace webhook {

FanoutRunner::FanoutRunner(kafka::TopicPartition partition, const Checkpoint& from, const Parts& parts,
                           const Context& context)
    : PartitionRunner(std::move(partition), from, parts),
      barrier_(context.barrier),
      delivery_partitions_(context.limits.delivery_partitions),
      lane_(from, context.limits, {*this, *this, *this, *this, *this, context.webhooks, context.lease}) {}

Status FanoutRunner::Take(const kafka::ConsumedRecord& record, Now now) {
  auto event = DecodeEvent(record.value);
  if (!event) return event.error();
  lane_.OnEvent(std::make_shared<const Event>(std::move(*event)), record.offset, now);
  return Ok();
}

void FanoutRunner::AppendDelivery(Token token, const Delivery& delivery) {
  ProduceDelivery(token, kDeliveriesTopic, DeliveryPartition(delivery.webhook_id, delivery_partitions_),
                  delivery);
}

void FanoutRunner::Report(const AttemptRecord& record, const Event&) {
  TellAttempt(parts().metrics, record);
}

void FanoutRunner::AskBarrier() {
  barrier_.Ask([weak = weak_from_this(), this] {
    if (const auto self = weak.lock()) PostToLane([this](Now now) { lane_.OnBarrier(now); });
  });
}

void FanoutRunner::ReportFanout(FannedOut what, std::size_t deliveries) {
  const WorkerMetrics& metrics = parts().metrics;
  switch (what) {
    case FannedOut::kMatched:
      metrics.fanout_matched.Add();
      break;
    case FannedOut::kUnmatched:
      metrics.fanout_unmatched.Add();
      break;
    case FannedOut::kDuplicate:
      metrics.fanout_duplicates.Add();
      break;
  }
  metrics.fanout_deliveries.Add(static_cast<double>(deliveries));
}

}  // namespace webhook
