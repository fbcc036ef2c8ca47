#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kafka/consumer.h"
#include "runtime/health.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"
#include "services/delivery-worker/adapters/partition_runner.h"
#include "services/delivery-worker/adapters/record_ages.h"
#include "services/delivery-worker/engine/ports.h"

namespace webhook {

struct RoleOptions {
  std::string name;  // "fanout", "deliver", "pump": in logs, metrics and health
  kafka::Cluster cluster;
  std::string client_id;  // by it GET /v2/platform knows whose the group's partitions are
  std::string group;
  std::vector<std::string> topics;
  std::size_t max_backlog = 0;  // PartitionRunner::backlog() of one partition; then it is paused alone
  // PartitionRunner::unstarted() of one; the same. More would only grow old here: the loop is what is slow.
  std::size_t max_unstarted = std::numeric_limits<std::size_t>::max();
  std::size_t max_partition_bytes = 0;  // PartitionRunner::held_bytes() of one; the same
  // Of all partitions; then all are paused, until half of it is free. The default is that of fan-out;
  // wiring.cc sets 256 MiB for deliver, and no bound for pump.
  std::size_t max_bytes = 32u << 20;
  std::chrono::milliseconds drain_timeout{30'000};  // the setting drain-timeout
  std::string stage;                                // of webhook_delivery_overdue_seconds
  double retry_time_scale = 1;  // a wait tier's records are not due before its pause is over
};

// Consumes the role's topics in a group: gives each assigned partition to a PartitionRunner, feeds it within
// its bounds, and commits what has moved every 250 ms, and something at least each second: its lease lives on
// it. A partition begins with the checkpoint that its last owner committed, which is claimed first: committed
// once more, not settled, so that this owner's end is not taken for that one's. It ends with a drain (5 s
// where the group moves it) and a commit; one that is lost ends at once.
class ConsumerRole : public LeasePort {
 public:
  // A partition, where it begins, and the role's lease.
  using MakeRunner = std::function<std::shared_ptr<PartitionRunner>(const kafka::TopicPartition&,
                                                                    const Checkpoint&, const LeasePort&)>;
  // Starts the role's thread. `may_start`: asked until it is true, before the role subscribes.
  ConsumerRole(const RoleOptions& options, runtime::Health& health, const WorkerMetrics& metrics,
               std::function<bool()> may_start, MakeRunner make_runner);
  ~ConsumerRole() override;  // Stop()

  // Asks the role to drain: what is under way is finished, at most drain_timeout; commits; leaves the group.
  void RequestStop() { stop_.RequestStop(); }
  // RequestStop(), and waits for its end. Idempotent.
  void Stop();

  // The group's session time-out less a margin (6 s - 1 s) after the newest commit that the broker has
  // confirmed was sent; MonoTime::min() before the first. Something is committed at least each second, and
  // the answers are heard in a poll: where the role's thread does not poll for about 4 s, the lease runs out,
  // and nothing is sent until the next confirmation. From any thread.
  MonoTime lease() const override;

 private:
  // Records of one poll and one partition, by their indexes.
  struct Fed {
    std::shared_ptr<kafka::Batch> batch;
    std::vector<std::size_t> records;

    std::int64_t first() const { return batch->records()[records.front()].offset; }
    std::int64_t last() const { return batch->records()[records.back()].offset; }
  };
  struct Assigned {
    std::shared_ptr<PartitionRunner> runner;  // null until the partition is claimed
    std::optional<Checkpoint> committed;      // nullopt: not known, a commit has failed
    std::int64_t claimed = 0;                 // offset of the claim
    std::int64_t next = -1;                   // after the newest record that came; -1: none came
    std::optional<std::int64_t> anew_from;    // the log was rewound: what is committed is of another
    RecordAges ages;
    bool paused = true;
    std::vector<Fed> early;  // came before the runner was ready, though paused: none may be dropped
  };
  using Position = kafka::Consumer::Position;

  void Run();
  bool Subscribe();
  void PollOnce();
  void Feed(const std::shared_ptr<kafka::Batch>& batch);
  void FeedRun(const kafka::TopicPartition& partition, Fed fed);
  // True, and then counted and told: a record came that lies before `next`, and so does the end of the log.
  bool NoteIfRewound(const kafka::TopicPartition& partition, std::int64_t next, std::int64_t came) const;
  void OnAssigned(const std::vector<kafka::TopicPartition>& partitions);
  void OnRevoked(const std::vector<kafka::TopicPartition>& partitions);
  void OnLost(const std::vector<kafka::TopicPartition>& partitions);
  void Forget(const kafka::TopicPartition& partition);
  // Makes the runners of what was assigned.
  void Claim();
  Checkpoint ReadCheckpoint(const Position& position, WallTime now) const;
  void CommitMoved(MonoTime now);
  // Of all partitions that are held and claimed.
  std::vector<Position> Committable() const;
  void BalanceIntake();
  void TellLoad();
  // Waits until the runners have drained, at most this long.
  void AwaitDrained(const std::vector<std::shared_ptr<PartitionRunner>>& runners,
                    std::chrono::milliseconds timeout);

  const RoleOptions options_;
  runtime::Health& health_;
  const WorkerMetrics& metrics_;
  const std::function<bool()> may_start_;
  const MakeRunner make_runner_;
  runtime::StopToken stop_;
  std::unique_ptr<kafka::Consumer> consumer_;
  std::atomic<const kafka::Consumer*> member_{nullptr};  // consumer_, for lease()
  std::map<kafka::TopicPartition, Assigned> assigned_;   // the role's thread only
  bool unclaimed_ = false;
  bool full_ = false;  // all are paused, until half of max_bytes is free
  MonoTime next_checkpoint_{};
  MonoTime last_commit_{};
  MonoTime next_load_{};
  runtime::Thread thread_;
};

}  // namespace webhook
