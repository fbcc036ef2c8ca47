#include "services/registry/api/operations/kafka_deliveries.h"

#include <future>

#include "domain/topics.h"
#include "kafka/consumer.h"
#include "records/records.h"

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kTopicTimeout{2'000};

}  // namespace

Result<std::int32_t> KafkaDeliveries::Partitions() {
  if (const std::int32_t known = partitions_; known > 0) return known;
  const std::unique_lock lock(asking_, std::try_to_lock);
  if (!lock)
    return Error{ErrorCode::kUnavailable, "event_log_unavailable", "the event log is being asked; try again"};
  kafka::ConsumerOptions options;
  options.cluster = cluster_;
  options.client_id = "registry";
  auto consumer = kafka::Consumer::Create(options, {});
  if (!consumer) return consumer.error();
  const auto count = (*consumer)->PartitionCount(kDeliveriesTopic, kTopicTimeout);
  if (!count) return count.error();
  partitions_ = *count;
  return *count;
}

Status KafkaDeliveries::Append(const std::vector<Delivery>& deliveries) {
  if (deliveries.empty()) return Ok();
  // At once: callers that wait would take the threads of everybody else.
  if (!producer_.connected())
    return Error{ErrorCode::kUnavailable, "event_log_unavailable",
                 "the event log does not answer; try again"};
  const auto partitions = Partitions();
  if (!partitions) return partitions.error();
  std::vector<std::future<Status>> answers;
  Status all = Ok();
  for (const Delivery& delivery : deliveries) {
    const std::string value = EncodeDelivery(delivery);
    const auto answer = std::make_shared<std::promise<Status>>();
    answers.push_back(answer->get_future());
    const Status accepted = producer_.Produce(
        {kDeliveriesTopic, DeliveryPartition(delivery.webhook_id, *partitions), delivery.id.str(), value},
        [answer](const Result<std::int64_t>& offset) { answer->set_value(WithoutValue(offset)); });
    if (accepted) continue;
    answers.pop_back();
    all = accepted;
    break;
  }
  // The producer answers by its message time-out.
  for (std::future<Status>& answer : answers) {
    if (Status acknowledged = answer.get(); !acknowledged) all = acknowledged;
  }
  return all;
}

}  // namespace webhook
