#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/guarded.h"
#include "domain/attempt_record.h"
#include "domain/delivery.h"
#include "kafka/consumer.h"
#include "kafka/producer.h"
#include "services/delivery-worker/adapters/lane_loop.h"
#include "services/delivery-worker/adapters/worker_metrics.h"
#include "services/delivery-worker/engine/lane.h"

namespace webhook {

// One assigned partition: a Lane on its loop, under the real ports. Made for one assignment epoch; what
// answers after it was let go finds nobody and is dropped. The only caller of its lane: what comes from the
// role's thread or the producer's is posted to the loop. Puts records that cannot be decoded into
// webhook.poison, and repeats that until it is acknowledged. May go on any thread.
class PartitionRunner : public std::enable_shared_from_this<PartitionRunner> {
 public:
  // All outlive the runner, and the loop outlives the producer.
  struct Parts {
    LaneLoop& loop;
    kafka::Producer& producer;
    const WorkerMetrics& metrics;
  };
  // `from`: the claim that the lane begins with.
  PartitionRunner(kafka::TopicPartition partition, const Checkpoint& from, const Parts& parts);
  virtual ~PartitionRunner() = default;

  // --- from the role's thread

  void Attach() { parts_.loop.Attach(shared_from_this()); }
  void Detach() { parts_.loop.Detach(shared_from_this()); }
  // What is needed before the first record can be taken. ready() follows.
  virtual void Prepare() { SetReady(); }
  bool ready() const { return ready_.load(std::memory_order_acquire); }
  // Gives the records of the batch with these indexes to the lane; they are decoded on its loop. REQUIRES:
  // ready().
  void Feed(std::shared_ptr<kafka::Batch> batch, std::vector<std::size_t> records);
  void BeginDrain();
  // As the lane said last, at most 0.1 s ago, and before that the claim; when drained(), its last word.
  Checkpoint checkpoint() const { return *checkpoint_.Lock(); }
  // What its role pauses it at: records on their way to the lane, and the greater of the lane's span() and
  // held().
  std::size_t backlog() const;
  // The same of those that wait for the loop alone: on their way to the lane, and the lane's unstarted().
  std::size_t unstarted() const;
  // Records that are not over, and the bytes that they hold.
  std::size_t held() const { return held_.load(std::memory_order_relaxed); }
  std::size_t held_bytes() const { return held_bytes_.load(std::memory_order_relaxed); }
  // After BeginDrain(): all effects are acknowledged.
  bool drained() const { return drained_.load(std::memory_order_acquire); }

  // --- on the loop

  void OnTick();
  // Of a Produce().
  void OnAppended(Token token, const Appended& appended, Now now);
  // The role has let it go: nothing of it may be written any more. Lane::Abandon().
  void OnDetached();

 protected:
  virtual Lane& lane() = 0;
  virtual const Lane& lane() const = 0;
  // Gives the record to the lane. An Error where it cannot be decoded.
  virtual Status Take(const kafka::ConsumedRecord& record, Now now) = 0;

  const kafka::TopicPartition& partition() const { return partition_; }
  const Parts& parts() const { return parts_; }
  bool abandoned() const { return abandoned_; }
  void SetReady() { ready_.store(true, std::memory_order_release); }
  // Each produces and answers the lane's OnAppended(token). A partition of -1: by the key.
  void Produce(Token token, const kafka::ProducerRecord& record);
  void ProduceDelivery(Token token, const char* topic, std::int32_t partition, const Delivery& delivery);
  // Into the attempts of the delivery's partition.
  void ProduceAttempt(Token token, const AttemptRecord& record);
  // Runs fn on the loop, if the runner still lives; the lane's news is told to the role. From any thread.
  void PostToLane(std::function<void(Now)> fn);
  // Tells the role what has changed.
  void TellRole();

 private:
  void KeepPoison(const kafka::ConsumedRecord& record, const Error& error);
  void AppendPoison(std::int64_t offset, std::shared_ptr<const std::string> value);

  const kafka::TopicPartition partition_;
  const Parts parts_;
  bool stopping_ = false;  // takes no more records
  bool draining_ = false;
  bool abandoned_ = false;
  MonoTime next_snapshot_{};
  std::atomic<bool> ready_{false};
  std::atomic<std::size_t> posted_{0};  // fed, not yet with the lane
  std::atomic<std::size_t> span_{0};
  std::atomic<std::size_t> held_{0};
  std::atomic<std::size_t> unstarted_{0};
  std::atomic<std::size_t> held_bytes_{0};
  std::atomic<bool> drained_{false};
  Guarded<Checkpoint> checkpoint_;
};

}  // namespace webhook
