#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "kafka/cluster.h"

namespace webhook::kafka {

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;

  auto operator<=>(const TopicPartition&) const = default;
};

struct ConsumerOptions {
  Cluster cluster;
  std::string client_id;
  std::string group;                     // empty: no group, partitions by Assign()
  std::vector<std::string> topics;       // of the group
  std::size_t max_queued_kbytes = 4096;  // prefetched by librdkafka, all partitions together
  // How long records may wait for company: in a fetch, until the broker has 128 KiB, for at most the greater
  // of this and 100 ms; and in Poll(), for at most this and its timeout. 0: Poll() returns with the first
  // record and what is there beside it, but gathers for up to 5 ms where the batch before had 32 records or
  // more.
  std::chrono::milliseconds gather{0};
  // Of the group: a member of which the broker has heard nothing for so long loses its partitions. The
  // worker's roles set 6 s, which their lease rests on (consumer_role.cc).
  std::chrono::milliseconds session_timeout{10'000};
};

// A record as the broker keeps it. Views are valid until the batch is destroyed.
struct ConsumedRecord {
  std::string_view topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::string_view key;
  std::string_view value;
  WallTime timestamp{};  // broker append time for LogAppendTime topics, else the producer's
};

// May outlive its consumer.
class Batch {
 public:
  virtual ~Batch() = default;
  const std::vector<ConsumedRecord>& records() const { return records_; }

 protected:
  std::vector<ConsumedRecord> records_;
};

constexpr std::size_t kMaxMetadataBytes = 4'096;  // the broker's default limit

// Consumer of a group (cooperative-sticky) or of assigned partitions. auto commit is off; a partition without
// a committed offset starts at its beginning. Thread: everything but CommitSync(), CommitAsync() and
// confirmed() belongs to one thread. Of a group, it must call Poll() at least every 300 s
// (max.poll.interval.ms): else librdkafka leaves the group, others may have the partitions at once, and
// on_lost is heard only in the next Poll(). Heartbeats go on between two polls, but all that is heard inside
// Poll() waits for the next: rebalances, which hold up the whole group, and the answers to CommitAsync(), so
// that confirmed() stays as it is. Who counts a lease from that polls many times within session_timeout.
class Consumer {
 public:
  struct Listener {
    // Called inside Poll() or Close(). What is assigned is not paused, even if it was when it was held
    // before. Revoked partitions may still be committed inside on_revoked, not in on_lost.
    std::function<void(const std::vector<TopicPartition>&)> on_assigned = [](const auto&) {};
    std::function<void(const std::vector<TopicPartition>&)> on_revoked = [](const auto&) {};
    std::function<void(const std::vector<TopicPartition>&)> on_lost = [](const auto&) {};
    // Something of a CommitAsync() is not committed.
    std::function<void()> on_commit_failed = [] {};
  };

  static Result<std::unique_ptr<Consumer>> Create(const ConsumerOptions& options, Listener listener);
  virtual ~Consumer() = default;

  // Up to max_records of unpaused partitions, as soon as there are any (but see ConsumerOptions::gather);
  // empty after the timeout. An error is kUnavailable and heals by itself.
  virtual Result<std::unique_ptr<Batch>> Poll(std::chrono::milliseconds timeout, std::size_t max_records) = 0;

  struct Position {
    TopicPartition partition;
    std::int64_t offset = 0;    // the next record to read
    std::string metadata = {};  // committed with it: UTF-8, at most kMaxMetadataBytes
  };
  // Without a group: reads exactly these partitions from these offsets (-2: beginning).
  virtual Status Assign(const std::vector<Position>& positions) = 0;

  // Nothing of a paused partition is returned; prefetched records are dropped and read again after Resume().
  // Seldom, right after an assignment, librdkafka 2.15 reads records again that were returned: whoever pauses
  // drops offsets that it has had.
  virtual void Pause(const std::vector<TopicPartition>& partitions) = 0;
  virtual void Resume(const std::vector<TopicPartition>& partitions) = 0;

  // Commits for the group. Sync waits (at most 5 s) for the broker's answer; that of an async one is heard
  // inside Poll() or Close(), and logged where it is a failure. From any thread.
  virtual Status CommitSync(const std::vector<Position>& positions) = 0;
  virtual void CommitAsync(const std::vector<Position>& positions) = 0;

  // When the newest commit that the broker has since acknowledged was handed over to be sent (on the clock of
  // runtime::ReadClock()); nullopt before the first. The acknowledgement proves that this consumer was a
  // member of the group then, and the broker took the commit for a heartbeat: nobody else can own a partition
  // that this consumer holds before confirmed() + session_timeout. That holds until on_revoked or on_lost
  // names the partition, and while Poll() is called at least every 300 s. A commit made while nothing is held
  // counts for nothing. Never goes back. From any thread.
  virtual std::optional<MonoTime> confirmed() const = 0;

  // What the group has committed for each of these partitions; offset -1: nothing. Also inside on_assigned.
  virtual Result<std::vector<Position>> Committed(const std::vector<TopicPartition>& partitions,
                                                  std::chrono::milliseconds timeout) = 0;

  // Leaves the group (on_revoked is called for what is held). Idempotent.
  virtual void Close() = 0;
  // Commits and closes. A rebalance under way holds commits up and ends only while somebody polls, so the
  // commit is repeated for up to 15 s, the listener may be called in here, and records that come are dropped.
  // `positions` is asked anew for each try: what was revoked meanwhile is not to be committed any more. The
  // commit's error is logged.
  virtual void CommitAndClose(const std::function<std::vector<Position>()>& positions) = 0;

  // Partitions of a topic on the broker.
  virtual Result<std::int32_t> PartitionCount(const std::string& topic,
                                              std::chrono::milliseconds timeout) = 0;
  // The offset that the partition's next record will get.
  virtual Result<std::int64_t> EndOffset(const TopicPartition& partition,
                                         std::chrono::milliseconds timeout) = 0;
  // Of all of these at once. A question waits behind the fetch that the broker holds: ask once, not for each.
  virtual Result<std::map<TopicPartition, std::int64_t>> EndOffsets(
      const std::vector<TopicPartition>& partitions, std::chrono::milliseconds timeout) = 0;
  // The same as far as this consumer has heard: with each fetch of the partition, so not while it is paused.
  // nullopt: nothing was fetched yet. Asks nobody.
  virtual std::optional<std::int64_t> LastHeardEnd(const TopicPartition& partition) const = 0;
  // The first record that is not older than `time`, which counts to the millisecond, as records do; the end
  // where there is none.
  virtual Result<std::int64_t> OffsetAt(const TopicPartition& partition, WallTime time,
                                        std::chrono::milliseconds timeout) = 0;
};

}  // namespace webhook::kafka
