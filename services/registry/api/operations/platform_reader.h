#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "kafka/cluster_state.h"
#include "postgres/database.h"
#include "services/registry/store/instances.h"
#include "services/registry/store/platform_state.h"

namespace webhook {

// What Kafka and Postgres say of the platform, each part by itself.
struct PlatformState {
  WallTime at{};
  Result<kafka::ClusterState> cluster;
  // Of the delivery log's writer, which has no group.
  Result<std::map<kafka::TopicPartition, std::int64_t>> log_offsets;
  Result<store::Overdue> overdue;
  Result<std::vector<store::FailingHost>> failing_hosts;
  Result<std::vector<store::Instance>> instances;
};

// Asks both, within 3 s however they do. What was asked in the last second is told again: all that look at a
// page cost one look. From any thread; blocks, while another's look is under way too. A new figure begins in
// store/platform_state.h or kafka/cluster_state.h, and goes by platform_handlers.cc and openapi/platform.yaml
// to the dashboard's pages/platform.js and docs/operations/platform.md.
class PlatformReader {
 public:
  static constexpr int kOverdueCounted = 10'000;
  static constexpr int kHosts = 20;
  static constexpr int kInstances = 1'000;

  // `database`: of all accounts; a connection of its own is made for it, so that a full pool does not hide
  // why.
  PlatformReader(kafka::Cluster cluster, postgres::DatabaseOptions database);

  PlatformState Read();

 private:
  PlatformState Ask();
  template <typename T>
  Result<T> AskDatabase(const char* what, MonoTime end, bool* away,
                        const std::function<T(store::Tx&)>& question);

  const kafka::Cluster cluster_;
  postgres::Database database_;
  std::mutex mutex_;
  std::optional<PlatformState> last_;
  MonoTime last_at_{};
};

}  // namespace webhook
