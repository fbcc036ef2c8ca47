#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/result.h"
#include "kafka/cluster.h"
#include "kafka/consumer.h"

namespace webhook::kafka {

// Who reads in a group, as the brokers know it.
struct GroupMember {
  std::string client_id;
  std::string host;  // an address, without a port
  std::vector<TopicPartition> partitions;

  bool operator==(const GroupMember&) const = default;
};
struct GroupState {
  std::vector<GroupMember> members;
  std::map<TopicPartition, std::int64_t> committed;  // the next to read; what has no commit is not there
};
// What a partition holds: the records [begin, end).
struct Extent {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};
struct ClusterState {
  std::map<TopicPartition, Extent> partitions;  // of the topics that were asked for
  std::map<std::string, GroupState> groups;     // likewise; one that was never there has no members
};

// Asks the brokers, all at once. Joins no group and commits nothing. kUnavailable where an answer fails or is
// not there in time, or a topic is missing. Blocks for little longer than the time-out. From any thread.
Result<ClusterState> ReadClusterState(const Cluster& cluster, const std::vector<std::string>& topics,
                                      const std::vector<std::string>& groups,
                                      std::chrono::milliseconds timeout);

}  // namespace webhook::kafka
