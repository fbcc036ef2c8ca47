#include "services/delivery-worker/adapters/pump_role.h"

#include <algorithm>
#include <utility>

#include "domain/topics.h"
#include "log/log.h"
#include "records/records.h"
#include "runtime/clock.h"
#include "services/delivery-worker/adapters/poison.h"
#include "services/delivery-worker/engine/stages.h"

namespace webhook {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kMaxPoll{100};
constexpr milliseconds kPause{10};
constexpr milliseconds kStartRetry{500};
constexpr milliseconds kCheckpoint{250};
constexpr milliseconds kTopicTimeout{2'000};
constexpr std::size_t kMaxRecords = 1'000;

}  // namespace

PumpRole::PumpRole(const PumpOptions& options, const Parts& parts)
    : options_(options), parts_(parts), thread_("pump", [this] { Run(); }) {}

PumpRole::~PumpRole() {
  Stop();
}

void PumpRole::Stop() {
  stop_.RequestStop();
  thread_.Join();
}

void PumpRole::Run() {
  while (!Subscribe()) {
    if (stop_.WaitFor(kStartRetry)) return;
  }
  while (!stop_.stopped()) PollOnce();
  consumer_->CommitAndClose([this] { return Committable(); });
}

bool PumpRole::Subscribe() {
  kafka::ConsumerOptions options;
  options.brokers = options_.brokers;
  options.client_id = "delivery-worker";
  options.group = kPumpGroup;
  for (const WaitTier& tier : kWaitTiers) options.topics.push_back(tier.topic);
  kafka::Consumer::Listener listener;
  listener.on_assigned = [this](const auto& partitions) {
    for (const auto& partition : partitions) assigned_[partition] = {};
  };
  listener.on_revoked = [this](const auto& partitions) { OnRevoked(partitions, true); };
  listener.on_lost = [this](const auto& partitions) { OnRevoked(partitions, false); };
  auto consumer = kafka::Consumer::Create(options, listener);
  if (!consumer) {
    log::Warn("pump.subscribe_failed", {{"error", consumer.error().message}});
    return false;
  }
  const auto partitions = (*consumer)->PartitionCount(kDeliveriesTopic, kTopicTimeout);
  if (!partitions) {
    parts_.health.SetUp("pump", false, partitions.error().message);
    return false;
  }
  consumer_ = std::move(*consumer);
  delivery_partitions_ = *partitions;
  return true;
}

void PumpRole::OnRevoked(const std::vector<kafka::TopicPartition>& partitions, bool may_commit) {
  if (may_commit) {
    // All: an asynchronous commit may have failed.
    const Status committed = consumer_->CommitSync(Committable());
    if (!committed) log::Warn("checkpoint.failed", {{"error", committed.error().message}});
  }
  for (const auto& partition : partitions) assigned_.erase(partition);
}

void PumpRole::PollOnce() {
  const auto polled = consumer_->Poll(UntilNextRelease(), kMaxRecords);
  parts_.health.SetUp("pump", polled.ok(), polled.ok() ? "" : polled.error().message);
  if (polled) {
    ReliableAppend append(parts_.producer, stop_);
    std::vector<std::pair<kafka::TopicPartition, std::int64_t>> moved;
    for (const kafka::ConsumedRecord& record : (*polled)->records()) Take(record, append, &moved);
    if (!append.Wait()) return;
    for (const auto& [partition, offset] : moved) assigned_[partition].queue.OnMoved(offset);
  } else {
    stop_.WaitFor(kPause);
  }
  if (!Release()) return;
  BalanceIntake();
  if (const MonoTime now = runtime::ReadClock().mono; now >= next_checkpoint_) {
    next_checkpoint_ = now + kCheckpoint;
    const auto positions = Uncommitted();
    if (!positions.empty()) consumer_->CommitAsync(positions);
  }
}

void PumpRole::Take(const kafka::ConsumedRecord& record, ReliableAppend& append,
                    std::vector<std::pair<kafka::TopicPartition, std::int64_t>>* moved) {
  const kafka::TopicPartition partition{std::string(record.topic), record.partition};
  const auto found = assigned_.find(partition);
  if (found == assigned_.end()) return;  // revoked meanwhile
  const auto delivery = DecodeDelivery(record.value);
  if (delivery) {
    const WallTime release = record.timestamp + TierDelay(record.topic, options_.time_scale);
    const WallTime due =
        std::min<WallTime>(delivery->due_at.value_or(release), delivery->created_at + options_.max_age);
    found->second.queue.Add(
        {record.offset, release, due, delivery->webhook_id, delivery->id, std::string(record.value)});
    return;
  }
  found->second.queue.AddPoison(record.offset);
  append.Add({kPoisonTopic, -1, "", TellPoison(record, delivery.error(), parts_.metrics)});
  moved->emplace_back(partition, record.offset);
}

bool PumpRole::Release() {
  const WallTime now = runtime::ReadClock().wall;
  ReliableAppend append(parts_.producer, stop_);
  std::vector<std::pair<PumpQueue*, std::int64_t>> moved;
  for (auto& [partition, assigned] : assigned_) {
    while (auto due = assigned.queue.TakeDue(now)) {
      const char* topic = WaitTopic(due->due, now, options_.time_scale);
      const bool to_lane = std::string_view(topic) == kDeliveriesTopic;
      (to_lane ? parts_.metrics.retries_released : parts_.metrics.retries_hopped).Add();
      moved.emplace_back(&assigned.queue, due->offset);
      append.Add({topic, to_lane ? DeliveryPartition(due->webhook, delivery_partitions_) : -1,
                  due->delivery.str(), std::move(due->value)});
    }
  }
  if (moved.empty()) return true;
  if (!append.Wait()) return false;
  for (const auto& [queue, offset] : moved) queue->OnMoved(offset);
  return true;
}

milliseconds PumpRole::UntilNextRelease() const {
  milliseconds wait = kMaxPoll;
  const WallTime now = runtime::ReadClock().wall;
  for (const auto& [partition, assigned] : assigned_) {
    const auto next = assigned.queue.next_release();
    if (next) wait = std::min(wait, std::chrono::ceil<milliseconds>(*next - now));
  }
  return std::max(wait, milliseconds{0});
}

void PumpRole::BalanceIntake() {
  std::vector<kafka::TopicPartition> pause;
  std::vector<kafka::TopicPartition> resume;
  std::size_t held = 0;
  for (auto& [partition, assigned] : assigned_) {
    const std::size_t records = assigned.queue.size();
    held += records;
    const bool full = records >= options_.max_records || assigned.queue.bytes() >= options_.max_bytes;
    if (full && !assigned.paused) {
      pause.push_back(partition);
      assigned.paused = true;
    } else if (assigned.paused && records < options_.max_records / 2 &&
               assigned.queue.bytes() < options_.max_bytes / 2) {
      resume.push_back(partition);
      assigned.paused = false;
    }
  }
  parts_.metrics.waits_held.Set(static_cast<double>(held));
  if (!pause.empty()) consumer_->Pause(pause);
  if (!resume.empty()) consumer_->Resume(resume);
}

std::vector<kafka::Consumer::Position> PumpRole::Committable() const {
  std::vector<kafka::Consumer::Position> positions;
  for (const auto& [partition, assigned] : assigned_) {
    if (const std::int64_t offset = assigned.queue.committable(); offset >= 0)
      positions.push_back({partition, offset});
  }
  return positions;
}

std::vector<kafka::Consumer::Position> PumpRole::Uncommitted() {
  std::vector<kafka::Consumer::Position> positions;
  for (auto& [partition, assigned] : assigned_) {
    const std::int64_t offset = assigned.queue.committable();
    if (offset <= assigned.committed) continue;
    positions.push_back({partition, offset});
    assigned.committed = offset;
  }
  return positions;
}

}  // namespace webhook
