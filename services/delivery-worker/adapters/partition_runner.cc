#include "services/delivery-worker/adapters/partition_runner.h"

#include <algorithm>
#include <string>
#include <utility>

#include "domain/topics.h"
#include "records/records.h"
#include "runtime/clock.h"
#include "services/delivery-worker/adapters/poison.h"

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kPoisonRetry{500};
constexpr std::chrono::milliseconds kSnapshot{100};

}  // namespace

PartitionRunner::PartitionRunner(kafka::TopicPartition partition, const Checkpoint& from, const Parts& parts)
    : partition_(std::move(partition)), parts_(parts), checkpoint_(from) {}

void PartitionRunner::Feed(std::shared_ptr<kafka::Batch> batch, std::vector<std::size_t> records) {
  posted_.fetch_add(records.size(), std::memory_order_relaxed);
  parts_.loop.loop().Post(
      [self = shared_from_this(), batch = std::move(batch), records = std::move(records)] {
        const Now now = runtime::ReadClock();
        for (const std::size_t index : records) {
          if (self->stopping_) break;  // the next owner reads it
          const kafka::ConsumedRecord& record = batch->records()[index];
          if (const Status taken = self->Take(record, now); !taken) self->KeepPoison(record, taken.error());
        }
        self->lane().OnTick(now);
        self->posted_.fetch_sub(records.size(), std::memory_order_relaxed);
        self->TellRole();
      });
}

std::size_t PartitionRunner::backlog() const {
  return posted_.load(std::memory_order_relaxed) +
         std::max(span_.load(std::memory_order_relaxed), held_.load(std::memory_order_relaxed));
}

std::size_t PartitionRunner::unstarted() const {
  return posted_.load(std::memory_order_relaxed) + unstarted_.load(std::memory_order_relaxed);
}

void PartitionRunner::KeepPoison(const kafka::ConsumedRecord& record, const Error& error) {
  if (!lane().OnPoison(record.offset)) return;
  AppendPoison(record.offset, std::make_shared<const std::string>(TellPoison(record, error, parts_.metrics)));
}

void PartitionRunner::AppendPoison(std::int64_t offset, std::shared_ptr<const std::string> value) {
  const auto done = [weak = weak_from_this(), offset, value,
                     &loop = parts_.loop.loop()](const Result<std::int64_t>& appended) {
    const auto finish = [weak, offset, value, ok = appended.ok()] {
      const auto self = weak.lock();
      if (!self) return;
      if (!ok) return self->AppendPoison(offset, value);
      self->lane().OnPoisonAppended(offset);
      self->TellRole();
    };
    if (appended.ok()) {
      loop.Post(finish);
    } else {
      loop.PostAfter(kPoisonRetry, finish);
    }
  };
  const Status accepted = parts_.producer.Produce({kPoisonTopic, -1, "", *value}, done);
  if (!accepted) done(accepted.error());
}

void PartitionRunner::BeginDrain() {
  PostToLane([this](Now now) {
    stopping_ = true;
    draining_ = true;
    lane().BeginDrain(now);
  });
}

void PartitionRunner::PostToLane(std::function<void(Now)> fn) {
  parts_.loop.loop().Post([weak = weak_from_this(), fn = std::move(fn)] {
    const auto self = weak.lock();
    if (!self) return;
    fn(runtime::ReadClock());
    self->TellRole();
  });
}

void PartitionRunner::OnDetached() {
  stopping_ = true;
  abandoned_ = true;
  lane().Abandon();
}

void PartitionRunner::OnTick() {
  lane().OnTick(runtime::ReadClock());
  TellRole();
}

void PartitionRunner::Produce(Token token, const kafka::ProducerRecord& record) {
  kafka::Producer::Listener& listener = parts_.loop.append_answers().Expect(weak_from_this(), token);
  const Status accepted = parts_.producer.Enqueue(record, listener);
  if (!accepted) listener.OnAnswer(accepted.error());
}

void PartitionRunner::ProduceDelivery(Token token, const char* topic, std::int32_t partition,
                                      const Delivery& delivery) {
  std::string& value = parts_.loop.room();
  EncodeDelivery(delivery, &value);
  Produce(token, {topic, partition, delivery.id.view(), value});
}

void PartitionRunner::ProduceAttempt(Token token, const AttemptRecord& record) {
  std::string& value = parts_.loop.room();
  EncodeAttempt(record, &value);
  Produce(token, {kAttemptsTopic, record.delivery_partition, record.delivery_id.view(), value});
}

void PartitionRunner::OnAppended(Token token, const Appended& appended, Now now) {
  lane().OnAppended(token, appended, now);
  TellRole();
}

void PartitionRunner::TellRole() {
  span_.store(lane().span(), std::memory_order_relaxed);
  held_.store(lane().held(), std::memory_order_relaxed);
  unstarted_.store(lane().unstarted(), std::memory_order_relaxed);
  held_bytes_.store(lane().held_bytes(), std::memory_order_relaxed);
  const bool drained = draining_ && lane().idle();
  const MonoTime now = runtime::ReadClock().mono;
  if (drained || now >= next_snapshot_) {
    next_snapshot_ = now + kSnapshot;
    lane().Describe(&*checkpoint_.Lock());
  }
  drained_.store(drained, std::memory_order_release);
}

}  // namespace webhook
