#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/result.h"
#include "domain/topics.h"
#include "kafka/cluster.h"

namespace webhook::kafka {

struct TopicProblem {
  std::string topic;
  std::string detail;  // "missing", "has 12 partitions, needs 24", …
};

// Compares the brokers' topics with the specification. Empty: all is well.
Result<std::vector<TopicProblem>> CheckTopics(const Cluster& cluster, const std::vector<TopicSpec>& topics);

// Creates the missing topics; existing ones are left as they are. Idempotent.
Status CreateTopics(const Cluster& cluster, const std::vector<TopicSpec>& topics, int replication_factor,
                    int min_insync_replicas, std::chrono::milliseconds timeout);

}  // namespace webhook::kafka
