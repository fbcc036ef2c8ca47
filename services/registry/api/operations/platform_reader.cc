#include "services/registry/api/operations/platform_reader.h"

#include <algorithm>
#include <utility>

#include "domain/topics.h"
#include "runtime/clock.h"
#include "runtime/thread.h"
#include "services/registry/store/delivery_log.h"

namespace webhook {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFresh{1'000};
constexpr milliseconds kKafka{2'500};
constexpr milliseconds kPostgres{1'500};
constexpr milliseconds kLeast{20};  // for a statement

postgres::DatabaseOptions Impatient(postgres::DatabaseOptions options) {
  options.pool_size = 1;
  options.acquire_timeout = milliseconds(500);
  options.connect_timeout = milliseconds(1'000);
  options.statement_timeout = milliseconds(700);
  return options;
}

std::vector<std::string> ReadTopics() {
  std::vector<std::string> topics = {kEventsTopic, kDeliveriesTopic, kAttemptsTopic, kPoisonTopic};
  for (const WaitTier& tier : kWaitTiers) topics.push_back(tier.topic);
  return topics;
}

}  // namespace

PlatformReader::PlatformReader(kafka::Cluster cluster, postgres::DatabaseOptions database)
    : cluster_(std::move(cluster)), database_(Impatient(std::move(database))) {}

PlatformState PlatformReader::Read() {
  const std::scoped_lock lock(mutex_);
  if (!last_ || runtime::ReadClock().mono - last_at_ > kFresh) {
    last_ = Ask();
    last_at_ = runtime::ReadClock().mono;
  }
  return *last_;
}

template <typename T>
Result<T> PlatformReader::AskDatabase(const char* what, MonoTime end, bool* away,
                                      const std::function<T(store::Tx&)>& question) {
  const auto left = std::chrono::duration_cast<milliseconds>(end - runtime::ReadClock().mono);
  if (*away || left < kLeast)
    return Error{ErrorCode::kUnavailable, postgres::kDatabaseUnavailable,
                 std::string(what) + ": the database does not answer"};
  auto answer = database_.Transact<T>(what, [&](store::Tx& tx) -> Result<T> {
    store::BoundStatements(tx, left);
    return question(tx);
  });
  *away = !answer && answer.error().reason == postgres::kDatabaseUnavailable;
  return answer;
}

PlatformState PlatformReader::Ask() {
  const Now now = runtime::ReadClock();
  // Beside each other: both have their time then.
  std::optional<Result<kafka::ClusterState>> cluster;
  runtime::Thread asking("look-kafka", [&] {
    cluster =
        kafka::ReadClusterState(cluster_, ReadTopics(), {kFanoutGroup, kDeliverGroup, kPumpGroup}, kKafka);
  });
  using Offsets = std::map<kafka::TopicPartition, std::int64_t>;
  bool away = false;
  const MonoTime end = runtime::ReadClock().mono + kPostgres;
  auto instances = AskDatabase<std::vector<store::Instance>>(
      "list instances", end, &away, [](store::Tx& tx) { return store::ListInstances(tx, kInstances); });
  auto offsets = AskDatabase<Offsets>("read the log's offsets", end, &away, [](store::Tx& tx) {
    Offsets all;
    for (const auto& [partition, next] : store::ReadLogOffsets(tx))
      all[{partition.first, partition.second}] = next;
    return all;
  });
  auto overdue = AskDatabase<store::Overdue>("look for overdue deliveries", end, &away, [](store::Tx& tx) {
    return store::ReadOverdue(tx, kOverdueCounted);
  });
  auto hosts = AskDatabase<std::vector<store::FailingHost>>(
      "list failing hosts", end, &away, [](store::Tx& tx) { return store::ListFailingHosts(tx, kHosts); });
  asking.Join();
  return {now.wall,           std::move(*cluster), std::move(offsets),
          std::move(overdue), std::move(hosts),    std::move(instances)};
}

}  // namespace webhook
