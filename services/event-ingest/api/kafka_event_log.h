#pragma once

#include "kafka/producer.h"
#include "services/event-ingest/publish/publisher.h"

namespace webhook {

// EventLogPort on the real topic: keyed by event id, so that all repeats of an event lie in one partition.
class KafkaEventLog : public EventLogPort {
 public:
  // The producer outlives this.
  explicit KafkaEventLog(kafka::Producer& producer) : producer_(producer) {}

  Status Append(const Event& event, std::function<void(Status)> done) override;
  bool connected() const override { return producer_.connected(); }

 private:
  kafka::Producer& producer_;
};

}  // namespace webhook
