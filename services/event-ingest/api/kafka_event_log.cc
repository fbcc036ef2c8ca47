#include "services/event-ingest/api/kafka_event_log.h"

#include "domain/topics.h"
#include "records/records.h"

namespace webhook {

Status KafkaEventLog::Append(const Event& event, std::function<void(Status)> done) {
  const std::string value = EncodeEvent(event);
  return producer_.Produce(
      {kEventsTopic, -1, event.id.view(), value},
      [done = std::move(done)](const Result<std::int64_t>& offset) { done(WithoutValue(offset)); });
}

}  // namespace webhook
