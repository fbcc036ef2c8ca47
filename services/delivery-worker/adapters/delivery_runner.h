#pragma once

#include "services/delivery-worker/adapters/attempts_reader.h"
#include "services/delivery-worker/adapters/partition_runner.h"
#include "services/delivery-worker/engine/delivery_lane.h"
#include "trace/span.h"

namespace webhook {

// A DeliveryLane with the egress client, the producer, log lines and spans. It is ready once its partition's
// attempts were read.
class DeliveryRunner : public PartitionRunner,
                       private HttpPort,
                       private AdmissionPort,
                       private Admission::Asker,
                       private JournalPort,
                       private ReportPort {
 public:
  // All outlive the runner.
  struct Context {
    DeliveryLimits limits;
    AttemptsReader& attempts;
    DeactivatePort& deactivate;
    const WebhookDirectory& webhooks;
    const LeasePort& lease;
    const trace::Tracing* tracing = nullptr;  // null: no spans
  };
  DeliveryRunner(kafka::TopicPartition partition, const Checkpoint& from, const Parts& parts,
                 const Context& context);

  void Prepare() override;

 private:
  struct UnderWay;

  Lane& lane() override { return lane_; }
  const Lane& lane() const override { return lane_; }
  Status Take(const kafka::ConsumedRecord& record, Now now) override;

  void Send(Token token, const Delivery& delivery, const std::shared_ptr<const Webhook>& webhook) override;
  Place Enter(const std::shared_ptr<const Webhook>& webhook) override;
  void OnTurn(const Webhook& webhook) override;
  void Leave(const Webhook& webhook) override { parts().loop.admission().Leave(webhook); }
  void AppendWait(Token token, const char* topic, const Delivery& delivery) override;
  void AppendAttempt(Token token, const AttemptRecord& record) override { ProduceAttempt(token, record); }
  void Report(const AttemptRecord& record, const Event& event) override;

  AttemptsReader& attempts_;
  const LeasePort& lease_;
  const WebhookDirectory& webhooks_;
  const trace::Tracing* const tracing_;
  const Checkpoint from_;
  DeliveryLane lane_;
};

}  // namespace webhook
