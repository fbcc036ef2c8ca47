#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "kafka/cluster_state.h"
#include "services/registry/store/instances.h"

// What an operator is shown of the platform, out of what Kafka and Postgres say. Pure.
namespace webhook {

struct InstanceView {
  store::Instance instance;
  bool known = false;  // it has told of itself: version, start and seen_at are its own
  std::vector<std::int32_t> fanout;
  std::vector<std::int32_t> deliveries;
  std::map<std::string, std::vector<std::int32_t>> wait;  // by topic
};

// Whose partitions the members of the workers' groups have: by the name of their Kafka client
// ("delivery-worker.INSTANCE"), or where that has no instance in it, as in versions before, by their address.
// A member that nobody has told of stands by itself. By service and name; partitions ascending.
std::vector<InstanceView> MatchMembers(const std::vector<store::Instance>& instances,
                                       const std::map<std::string, kafka::GroupState>& groups);

struct VersionCount {
  std::string service;
  std::string version;
  std::int64_t instances = 0;

  bool operator==(const VersionCount&) const = default;
};
// By service and version.
std::vector<VersionCount> CountVersions(const std::vector<store::Instance>& instances);
// More than one version runs; one that is not told is another.
bool HasSkew(const std::vector<VersionCount>& versions);

// Records of the topic that are there and not read yet: from `next` of each partition, or what is there, to
// its end.
std::int64_t RecordsBehind(const std::map<kafka::TopicPartition, kafka::Extent>& partitions,
                           const std::string& topic,
                           const std::map<kafka::TopicPartition, std::int64_t>& next);

}  // namespace webhook
