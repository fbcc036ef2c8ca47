#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include <atomic>

#include "kafka/producer.h"
#include "services/registry/api/operations/delivery_commands.h"

namespace webhook {

// OwnDeliveriesPort on the real topic. From any thread; blocks at most about 7 s. kUnavailable at once where
// no broker answers, or while another thread asks for the topic.
class KafkaDeliveries : public OwnDeliveriesPort {
 public:
  // The producer outlives this.
  KafkaDeliveries(kafka::Cluster cluster, kafka::Producer& producer)
      : cluster_(std::move(cluster)), producer_(producer) {}

  Status Append(const std::vector<Delivery>& deliveries) override;

 private:
  Result<std::int32_t> Partitions();

  const kafka::Cluster cluster_;
  kafka::Producer& producer_;
  std::mutex asking_;
  std::atomic<std::int32_t> partitions_{0};  // 0: not asked yet; then fixed for the life of the cluster
};

}  // namespace webhook
