#include "services/delivery-worker/adapters/partition_runner.h"

#include <string>
#include <utility>

#include "domain/topics.h"
#include "log/log.h"
#include "records/records.h"
#include "runtime/clock.h"
#include "services/delivery-worker/adapters/poison.h"
#include "services/delivery-worker/adapters/signed_request.h"

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kPoisonRetry{500};

}  // namespace

PartitionRunner::PartitionRunner(std::int32_t partition, const LaneLimits& limits, const Parts& parts)
    : partition_(partition),
      parts_(parts),
      lane_(partition, limits, {*this, *this, *this, parts.deactivate, parts.webhooks}) {}

void PartitionRunner::Feed(std::shared_ptr<kafka::Batch> batch, std::vector<std::size_t> records) {
  posted_.fetch_add(records.size(), std::memory_order_relaxed);
  parts_.loop.Post([self = shared_from_this(), batch = std::move(batch), records = std::move(records)] {
    for (const std::size_t index : records) self->OnRecord(batch->records()[index]);
    self->posted_.fetch_sub(records.size(), std::memory_order_relaxed);
    self->Publish();
  });
}

std::size_t PartitionRunner::backlog() const {
  return posted_.load(std::memory_order_relaxed) + window_.load(std::memory_order_relaxed);
}

void PartitionRunner::OnRecord(const kafka::ConsumedRecord& record) {
  if (draining_) return;  // the next owner reads it
  auto delivery = DecodeDelivery(record.value);
  if (!delivery) return KeepPoison(record, delivery.error());
  lane_.OnDelivery(std::move(*delivery), record.offset, runtime::ReadClock());
}

void PartitionRunner::KeepPoison(const kafka::ConsumedRecord& record, const Error& error) {
  lane_.OnPoison(record.offset);
  AppendPoison(record.offset, std::make_shared<const std::string>(TellPoison(record, error, parts_.metrics)));
}

void PartitionRunner::AppendPoison(std::int64_t offset, std::shared_ptr<const std::string> value) {
  const auto done = [weak = weak_from_this(), offset, value, &loop = parts_.loop](Status status) {
    const auto finish = [weak, offset, value, ok = status.ok()] {
      const auto self = weak.lock();
      if (!self) return;
      if (!ok) return self->AppendPoison(offset, value);
      self->lane_.OnPoisonAppended(offset);
      self->Publish();
    };
    if (status.ok()) {
      loop.Post(finish);
    } else {
      loop.PostAfter(kPoisonRetry, finish);
    }
  };
  const Status accepted = parts_.producer.Produce({kPoisonTopic, -1, "", *value}, done);
  if (!accepted) done(accepted);
}

void PartitionRunner::BeginDrain() {
  StopIntake(&DeliveryLane::BeginDrain);
}

void PartitionRunner::Abandon() {
  StopIntake(&DeliveryLane::Abandon);
}

void PartitionRunner::StopIntake(void (DeliveryLane::*how)()) {
  parts_.loop.Post([self = shared_from_this(), how] {
    self->draining_ = true;
    (self->lane_.*how)();
    self->Publish();
  });
}

void PartitionRunner::OnTick() {
  lane_.OnTick(runtime::ReadClock());
  Publish();
}

void PartitionRunner::Send(Token token, const Delivery& delivery,
                           const std::shared_ptr<const Webhook>& webhook) {
  const Now now = runtime::ReadClock();
  auto request = SignedRequest(delivery, *webhook, now.wall);
  const auto finish = [weak = weak_from_this(), &metrics = parts_.metrics](Token sent,
                                                                           const HttpResult& result) {
    metrics.in_flight.Add(-1);
    const auto self = weak.lock();
    if (!self) return;
    self->lane_.OnResponse(sent, result, runtime::ReadClock());
    self->Publish();
  };
  parts_.metrics.in_flight.Add(1);
  if (!request) {
    log::Error("request.unbuildable",
               {{"webhook_id", webhook->id.str()}, {"error", request.error().message}});
    HttpResult result;
    result.own_fault = true;
    result.detail = request.error().message;
    parts_.loop.Post([finish, token, result] { finish(token, result); });
    return;
  }
  parts_.client.Send(std::move(*request), [finish, token](HttpResult result) { finish(token, result); });
}

void PartitionRunner::AppendWait(Token token, const char* topic, const Delivery& delivery) {
  const std::string value = EncodeDelivery(delivery);
  const bool to_lane = std::string_view(topic) == kDeliveriesTopic;
  Produce(token, {topic, to_lane ? partition_ : -1, delivery.id.str(), value});
}

void PartitionRunner::AppendAttempt(Token token, const AttemptRecord& record) {
  const std::string value = EncodeAttempt(record);
  Produce(token, {kAttemptsTopic, partition_, record.delivery_id.str(), value});
}

void PartitionRunner::Report(const AttemptRecord& record) {
  parts_.metrics.CountAttempt(record);
  log::Info(record.requested ? "attempt.finished" : "delivery.changed",
            {{"account_id", record.account.str()},
             {"event_id", record.event_id.str()},
             {"webhook_id", record.webhook_id.str()},
             {"delivery_id", record.delivery_id.str()},
             {"run", record.run},
             {"attempt", record.attempt},
             {"outcome", record.outcome},
             {"status", record.status},
             {"duration_ms", record.duration.count() / 1000},
             {"state", ToText(record.state)}});
}

void PartitionRunner::Produce(Token token, const kafka::ProducerRecord& record) {
  const auto done = [weak = weak_from_this(), token, &loop = parts_.loop](const Status& status) {
    loop.Post([weak, token, ok = status.ok()] {
      if (const auto self = weak.lock()) self->OnProduced(token, ok);
    });
  };
  const Status accepted = parts_.producer.Produce(record, done);
  if (!accepted) done(accepted);
}

void PartitionRunner::OnProduced(Token token, bool ok) {
  lane_.OnAppended(token, ok, runtime::ReadClock());
  Publish();
}

void PartitionRunner::Publish() {
  committable_.store(lane_.committable(), std::memory_order_release);
  window_.store(lane_.window(), std::memory_order_relaxed);
  held_.store(lane_.held(), std::memory_order_relaxed);
  held_bytes_.store(lane_.held_bytes(), std::memory_order_relaxed);
  drained_.store(draining_ && lane_.idle(), std::memory_order_release);
}

}  // namespace webhook
