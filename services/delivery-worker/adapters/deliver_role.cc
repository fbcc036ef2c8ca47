#include "services/delivery-worker/adapters/deliver_role.h"

#include <algorithm>
#include <utility>

#include "domain/topics.h"
#include "log/log.h"
#include "runtime/clock.h"

namespace webhook {
namespace {

// librdkafka gathers a batch for as long: the price of each poll in latency.
constexpr std::chrono::milliseconds kPoll{10};
constexpr std::chrono::milliseconds kPause{10};
constexpr std::chrono::milliseconds kStartRetry{500};
constexpr std::chrono::milliseconds kCheckpoint{250};
// A rebalance waits this long for requests in flight: each that does not end is repeated by the next owner.
constexpr std::chrono::milliseconds kRevokeGrace{5'000};
constexpr std::size_t kMaxRecords = 1'000;

}  // namespace

DeliverRole::DeliverRole(const DeliverOptions& options, const Parts& parts)
    : options_(options), parts_(parts), thread_("deliver", [this] { Run(); }) {}

DeliverRole::~DeliverRole() {
  Stop();
}

void DeliverRole::Stop() {
  stop_.RequestStop();
  thread_.Join();
}

void DeliverRole::Run() {
  while (!parts_.webhooks.complete()) {
    if (stop_.WaitFor(kPause)) return;
  }
  while (!Subscribe()) {
    if (stop_.WaitFor(kStartRetry)) return;
  }
  while (!stop_.stopped()) PollOnce();

  std::vector<std::shared_ptr<PartitionRunner>> runners;
  for (const auto& [partition, assigned] : assigned_) {
    assigned.runner->BeginDrain();
    runners.push_back(assigned.runner);
  }
  AwaitDrained(runners, options_.drain_timeout);
  consumer_->CommitAndClose([this] { return Committable(); });
}

bool DeliverRole::Subscribe() {
  kafka::ConsumerOptions options;
  options.brokers = options_.brokers;
  options.client_id = "delivery-worker";
  options.group = kDeliverGroup;
  options.topics = {kDeliveriesTopic};
  kafka::Consumer::Listener listener;
  listener.on_assigned = [this](const auto& partitions) { OnAssigned(partitions); };
  listener.on_revoked = [this](const auto& partitions) { OnRevoked(partitions); };
  listener.on_lost = [this](const auto& partitions) { OnLost(partitions); };
  auto consumer = kafka::Consumer::Create(options, listener);
  if (!consumer) {
    log::Warn("deliver.subscribe_failed", {{"error", consumer.error().message}});
    return false;
  }
  consumer_ = std::move(*consumer);
  return true;
}

void DeliverRole::PollOnce() {
  auto polled = consumer_->Poll(kPoll, kMaxRecords);
  parts_.health.SetUp("deliver", polled.ok(), polled.ok() ? "" : polled.error().message);
  if (polled) {
    const std::shared_ptr<kafka::Batch> batch = std::move(*polled);
    std::map<std::int32_t, std::vector<std::size_t>> by_partition;
    for (std::size_t i = 0; i < batch->records().size(); ++i)
      by_partition[batch->records()[i].partition].push_back(i);
    for (auto& [partition, records] : by_partition) {
      const auto found = assigned_.find(partition);
      if (found != assigned_.end()) found->second.runner->Feed(batch, std::move(records));
    }
  } else {
    stop_.WaitFor(kPause);
  }
  BalanceIntake();
  if (const MonoTime now = runtime::ReadClock().mono; now >= next_checkpoint_) {
    next_checkpoint_ = now + kCheckpoint;
    Checkpoint();
  }
}

void DeliverRole::OnAssigned(const std::vector<kafka::TopicPartition>& partitions) {
  for (const auto& partition : partitions) {
    DeliverLoop* loop =
        parts_.loops[static_cast<std::size_t>(partition.partition) % parts_.loops.size()].get();
    auto runner = std::make_shared<PartitionRunner>(
        partition.partition, options_.lane,
        PartitionRunner::Parts{loop->loop(), loop->client(), parts_.producer, parts_.deactivate,
                               parts_.webhooks, parts_.metrics});
    loop->Attach(runner);
    assigned_[partition.partition] = {std::move(runner), loop, -1, false};
  }
  parts_.metrics.partitions_deliveries.Set(static_cast<double>(assigned_.size()));
  log::Info("partitions.assigned", {{"topic", kDeliveriesTopic}, {"count", partitions.size()}});
}

void DeliverRole::OnRevoked(const std::vector<kafka::TopicPartition>& partitions) {
  std::vector<std::shared_ptr<PartitionRunner>> runners;
  for (const auto& partition : partitions) {
    const auto found = assigned_.find(partition.partition);
    if (found == assigned_.end()) continue;
    found->second.runner->BeginDrain();
    runners.push_back(found->second.runner);
  }
  AwaitDrained(runners, kRevokeGrace);
  // All: an asynchronous commit may have failed.
  const Status committed = consumer_->CommitSync(Committable());
  if (!committed) log::Warn("checkpoint.failed", {{"error", committed.error().message}});
  for (const auto& partition : partitions) Forget(partition);
  log::Info("partitions.revoked", {{"topic", kDeliveriesTopic}, {"count", partitions.size()}});
}

void DeliverRole::OnLost(const std::vector<kafka::TopicPartition>& partitions) {
  for (const auto& partition : partitions) {
    const auto found = assigned_.find(partition.partition);
    if (found != assigned_.end()) found->second.runner->Abandon();
    Forget(partition);
  }
  log::Warn("partitions.lost", {{"topic", kDeliveriesTopic}, {"count", partitions.size()}});
}

void DeliverRole::Forget(const kafka::TopicPartition& partition) {
  const auto found = assigned_.find(partition.partition);
  if (found == assigned_.end()) return;
  found->second.loop->Detach(found->second.runner);
  assigned_.erase(found);
  parts_.metrics.partitions_deliveries.Set(static_cast<double>(assigned_.size()));
}

std::vector<kafka::Consumer::Position> DeliverRole::Committable() const {
  std::vector<kafka::Consumer::Position> positions;
  for (const auto& [partition, assigned] : assigned_) {
    if (const std::int64_t offset = assigned.runner->committable(); offset >= 0)
      positions.push_back({{kDeliveriesTopic, partition}, offset});
  }
  return positions;
}

std::vector<kafka::Consumer::Position> DeliverRole::Uncommitted() {
  std::vector<kafka::Consumer::Position> positions;
  for (auto& [partition, assigned] : assigned_) {
    const std::int64_t offset = assigned.runner->committable();
    if (offset <= assigned.committed) continue;
    positions.push_back({{kDeliveriesTopic, partition}, offset});
    assigned.committed = offset;
  }
  return positions;
}

void DeliverRole::Checkpoint() {
  auto positions = Uncommitted();
  if (!positions.empty()) consumer_->CommitAsync(positions);
}

void DeliverRole::BalanceIntake() {
  std::size_t bytes = 0;
  std::size_t held = 0;
  for (const auto& [partition, assigned] : assigned_) {
    bytes += assigned.runner->held_bytes();
    held += assigned.runner->held();
  }
  parts_.metrics.deliveries_held.Set(static_cast<double>(held));
  const bool full = bytes > options_.max_held_bytes;
  const bool roomy = bytes < options_.max_held_bytes / 2;
  std::vector<kafka::TopicPartition> pause;
  std::vector<kafka::TopicPartition> resume;
  for (auto& [partition, assigned] : assigned_) {
    const std::size_t records = assigned.runner->backlog();
    if (!assigned.paused && (full || records > options_.lane.max_window)) {
      pause.push_back({kDeliveriesTopic, partition});
      assigned.paused = true;
    } else if (assigned.paused && roomy && records < options_.lane.max_window / 2) {
      resume.push_back({kDeliveriesTopic, partition});
      assigned.paused = false;
    }
  }
  if (!pause.empty()) consumer_->Pause(pause);
  if (!resume.empty()) consumer_->Resume(resume);
}

void DeliverRole::AwaitDrained(const std::vector<std::shared_ptr<PartitionRunner>>& runners,
                               std::chrono::milliseconds timeout) {
  const runtime::StopToken never;
  const MonoTime deadline = runtime::ReadClock().mono + timeout;
  const auto all_drained = [&] {
    return std::all_of(runners.begin(), runners.end(), [](const auto& runner) { return runner->drained(); });
  };
  while (!all_drained() && runtime::ReadClock().mono < deadline) never.WaitFor(kPause);
}

}  // namespace webhook
