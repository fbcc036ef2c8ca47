#include "services/delivery-worker/adapters/consumer_role.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "log/log.h"
#include "runtime/clock.h"
#include "services/delivery-worker/engine/stages.h"

namespace webhook {
namespace {

// The longest that one poll waits for records; it returns with the first, or after a large batch gathers for
// a few milliseconds (ConsumerOptions::gather). All else that the role's thread does waits as long.
constexpr std::chrono::milliseconds kPoll{10};
constexpr std::chrono::milliseconds kPause{10};
constexpr std::chrono::milliseconds kStartRetry{500};
constexpr std::chrono::milliseconds kCheckpoint{250};
constexpr std::chrono::milliseconds kAnswer{2'000};
// What has not moved is committed again so often: the lease lives on it.
constexpr std::chrono::milliseconds kRenew{1'000};
constexpr std::chrono::milliseconds kSession{6'000};
// A lease ends so much before the broker's session could.
constexpr std::chrono::milliseconds kLeaseMargin{1'000};
// A rebalance waits this long for requests in flight: each that does not end is repeated by the next owner.
constexpr std::chrono::milliseconds kRevokeGrace{5'000};
constexpr std::chrono::milliseconds kTellLoad{1'000};
constexpr std::size_t kMaxRecords = 1'000;

kafka::Consumer::Position ToPosition(const kafka::TopicPartition& partition, const Checkpoint& checkpoint) {
  return {partition, checkpoint.offset, EncodeCheckpoint(checkpoint, partition.topic, partition.partition)};
}

}  // namespace

ConsumerRole::ConsumerRole(const RoleOptions& options, runtime::Health& health, const WorkerMetrics& metrics,
                           std::function<bool()> may_start, MakeRunner make_runner)
    : options_(options),
      health_(health),
      metrics_(metrics),
      may_start_(std::move(may_start)),
      make_runner_(std::move(make_runner)),
      thread_(options.name, [this] { Run(); }) {}

ConsumerRole::~ConsumerRole() {
  Stop();
}

void ConsumerRole::Stop() {
  stop_.RequestStop();
  thread_.Join();
}

MonoTime ConsumerRole::lease() const {
  const kafka::Consumer* member = member_.load(std::memory_order_acquire);
  const auto confirmed = member == nullptr ? std::nullopt : member->confirmed();
  return confirmed ? *confirmed + kSession - kLeaseMargin : MonoTime::min();
}

void ConsumerRole::Run() {
  while (!may_start_()) {
    if (stop_.WaitFor(kPause)) return;
  }
  while (!Subscribe()) {
    if (stop_.WaitFor(kStartRetry)) return;
  }
  while (!stop_.stopped()) PollOnce();

  std::vector<std::shared_ptr<PartitionRunner>> runners;
  for (const auto& [partition, assigned] : assigned_) {
    if (assigned.runner) runners.push_back(assigned.runner);
  }
  for (const auto& runner : runners) runner->BeginDrain();
  AwaitDrained(runners, options_.drain_timeout);
  consumer_->CommitAndClose([this] { return Committable(); });
}

bool ConsumerRole::Subscribe() {
  kafka::ConsumerOptions options;
  options.cluster = options_.cluster;
  options.client_id = options_.client_id;
  options.group = options_.group;
  options.topics = options_.topics;
  options.session_timeout = kSession;
  kafka::Consumer::Listener listener;
  listener.on_assigned = [this](const auto& partitions) { OnAssigned(partitions); };
  listener.on_revoked = [this](const auto& partitions) { OnRevoked(partitions); };
  listener.on_lost = [this](const auto& partitions) { OnLost(partitions); };
  listener.on_commit_failed = [this] {
    for (auto& [partition, assigned] : assigned_) assigned.committed.reset();
  };
  auto consumer = kafka::Consumer::Create(options, listener);
  if (!consumer) {
    log::Warn("role.subscribe_failed", {{"role", options_.name}, {"error", consumer.error().message}});
    return false;
  }
  consumer_ = std::move(*consumer);
  member_.store(consumer_.get(), std::memory_order_release);
  return true;
}

void ConsumerRole::PollOnce() {
  auto polled = consumer_->Poll(kPoll, kMaxRecords);
  health_.SetUp(options_.name, polled.ok(), polled.ok() ? "" : polled.error().message);
  if (polled) {
    Feed(std::move(*polled));
  } else {
    stop_.WaitFor(kPause);
  }
  if (unclaimed_) Claim();
  BalanceIntake();
  if (const MonoTime now = runtime::ReadClock().mono; now >= next_checkpoint_) {
    next_checkpoint_ = now + kCheckpoint;
    CommitMoved(now);
  }
  if (const MonoTime now = runtime::ReadClock().mono; now >= next_load_) {
    next_load_ = now + kTellLoad;
    TellLoad();
  }
}

void ConsumerRole::Feed(const std::shared_ptr<kafka::Batch>& batch) {
  std::map<kafka::TopicPartition, std::vector<Fed>> runs;  // each of ascending offsets
  std::vector<Fed>* of_partition = nullptr;
  for (std::size_t i = 0; i < batch->records().size(); ++i) {
    const kafka::ConsumedRecord& record = batch->records()[i];
    // Those of a partition mostly come one after the other.
    const kafka::ConsumedRecord* before = i == 0 ? nullptr : &batch->records()[i - 1];
    if (before == nullptr || record.partition != before->partition || record.topic != before->topic)
      of_partition = &runs[{std::string(record.topic), record.partition}];
    if (of_partition->empty() || record.offset < of_partition->back().last())
      of_partition->push_back({batch, {}});
    of_partition->back().records.push_back(i);
  }
  for (auto& [partition, feds] : runs) {
    for (Fed& fed : feds) FeedRun(partition, std::move(fed));
  }
}

void ConsumerRole::FeedRun(const kafka::TopicPartition& partition, Fed fed) {
  const auto found = assigned_.find(partition);
  if (found == assigned_.end()) return;
  Assigned& assigned = found->second;
  if (NoteIfRewound(partition, assigned.next, fed.first())) {
    if (assigned.runner) assigned.runner->Detach();
    consumer_->Pause({partition});
    assigned = {};
    assigned.anew_from = fed.first();
    unclaimed_ = true;
  }
  assigned.next = std::max(assigned.next, fed.last() + 1);
  for (const std::size_t index : fed.records) {
    const kafka::ConsumedRecord& record = fed.batch->records()[index];
    assigned.ages.Note(record.offset, record.timestamp);
  }
  if (assigned.runner && assigned.runner->ready() && assigned.early.empty()) {
    assigned.runner->Feed(std::move(fed.batch), std::move(fed.records));
  } else {
    assigned.early.push_back(std::move(fed));
  }
}

bool ConsumerRole::NoteIfRewound(const kafka::TopicPartition& partition, std::int64_t next,
                                 std::int64_t came) const {
  if (came >= next) return false;
  const auto end = consumer_->EndOffset(partition, kAnswer);
  if (!end || *end >= next) return false;
  metrics_.partitions_rewound.Add();
  log::Error("partition.rewound", {{"topic", partition.topic},
                                   {"partition", partition.partition},
                                   {"offset", next},
                                   {"end", *end},
                                   {"begins", came}});
  return true;
}

void ConsumerRole::OnAssigned(const std::vector<kafka::TopicPartition>& partitions) {
  consumer_->Pause(partitions);
  for (const auto& partition : partitions) assigned_[partition] = {};
  unclaimed_ = unclaimed_ || !partitions.empty();
  metrics_.SetAssigned(options_.name, assigned_.size());
  metrics_.CountRebalance(options_.name, "assigned");
  log::Info("partitions.assigned", {{"role", options_.name}, {"count", partitions.size()}});
}

void ConsumerRole::Claim() {
  std::vector<kafka::TopicPartition> partitions;
  for (const auto& [partition, assigned] : assigned_) {
    if (!assigned.runner) partitions.push_back(partition);
  }
  unclaimed_ = !partitions.empty();
  if (partitions.empty()) return;
  const auto positions = consumer_->Committed(partitions, kAnswer);
  if (!positions) return log::Warn("claim.failed", {{"error", positions.error().message}});
  const WallTime now = runtime::ReadClock().wall;
  std::vector<std::pair<kafka::TopicPartition, Checkpoint>> claimed;
  std::vector<Position> claims;
  for (const Position& position : *positions) {
    Checkpoint found = ReadCheckpoint(position, now);
    Assigned& assigned = assigned_.at(position.partition);
    if (!assigned.anew_from && !assigned.early.empty() &&
        NoteIfRewound(position.partition, found.offset, assigned.early.front().first()))
      assigned.anew_from = assigned.early.front().first();
    if (assigned.anew_from) found = BareCheckpoint(*assigned.anew_from, now);
    Checkpoint claim = ClaimOf(std::move(found), now);
    claims.push_back(ToPosition(position.partition, claim));
    claimed.emplace_back(position.partition, std::move(claim));
  }
  const Status committed = consumer_->CommitSync(claims);
  if (!committed) return log::Warn("claim.failed", {{"error", committed.error().message}});
  unclaimed_ = false;
  for (auto& [partition, checkpoint] : claimed) {
    Assigned& assigned = assigned_.at(partition);
    assigned.runner = make_runner_(partition, checkpoint, *this);
    assigned.claimed = checkpoint.offset;
    assigned.next = std::max(assigned.next, checkpoint.offset);
    assigned.committed = std::move(checkpoint);
    assigned.runner->Attach();
    assigned.runner->Prepare();
  }
}

Checkpoint ConsumerRole::ReadCheckpoint(const Position& position, WallTime now) const {
  const auto& [topic, number] = position.partition;
  auto checkpoint = DecodeCheckpoint(position.metadata, topic, number, position.offset);
  if (checkpoint) return std::move(*checkpoint);
  if (!position.metadata.empty()) {
    metrics_.checkpoints_refused.Add();
    log::Warn("checkpoint.refused", {{"topic", topic}, {"partition", number}, {"offset", position.offset}});
  }
  return BareCheckpoint(position.offset, now);
}

void ConsumerRole::OnRevoked(const std::vector<kafka::TopicPartition>& partitions) {
  std::vector<std::shared_ptr<PartitionRunner>> runners;
  for (const auto& partition : partitions) {
    const auto found = assigned_.find(partition);
    if (found == assigned_.end() || !found->second.runner) continue;
    found->second.runner->BeginDrain();
    runners.push_back(found->second.runner);
  }
  AwaitDrained(runners, kRevokeGrace);
  // All: an asynchronous commit may have failed.
  const Status committed = consumer_->CommitSync(Committable());
  if (!committed) log::Warn("checkpoint.failed", {{"error", committed.error().message}});
  for (const auto& partition : partitions) Forget(partition);
  metrics_.CountRebalance(options_.name, "revoked");
  log::Info("partitions.revoked", {{"role", options_.name}, {"count", partitions.size()}});
}

void ConsumerRole::OnLost(const std::vector<kafka::TopicPartition>& partitions) {
  for (const auto& partition : partitions) Forget(partition);
  metrics_.CountRebalance(options_.name, "lost");
  log::Warn("partitions.lost", {{"role", options_.name}, {"count", partitions.size()}});
}

void ConsumerRole::Forget(const kafka::TopicPartition& partition) {
  const auto found = assigned_.find(partition);
  if (found == assigned_.end()) return;
  if (found->second.runner) found->second.runner->Detach();
  assigned_.erase(found);
  metrics_.SetAssigned(options_.name, assigned_.size());
}

std::vector<kafka::Consumer::Position> ConsumerRole::Committable() const {
  std::vector<Position> positions;
  for (const auto& [partition, assigned] : assigned_) {
    if (assigned.runner && assigned.runner->ready())
      positions.push_back(ToPosition(partition, assigned.runner->checkpoint()));
  }
  return positions;
}

void ConsumerRole::CommitMoved(MonoTime now) {
  std::vector<Position> positions;
  for (auto& [partition, assigned] : assigned_) {
    if (!assigned.runner || !assigned.runner->ready()) continue;
    Checkpoint checkpoint = assigned.runner->checkpoint();
    if (checkpoint == assigned.committed) continue;
    CHECK(checkpoint.offset >= assigned.claimed, "a partition is never committed below its claim");
    positions.push_back(ToPosition(partition, checkpoint));
    assigned.committed = std::move(checkpoint);
  }
  if (positions.empty() && now - last_commit_ >= kRenew) {
    const auto any = std::find_if(assigned_.begin(), assigned_.end(),
                                  [](const auto& entry) { return entry.second.committed.has_value(); });
    if (any != assigned_.end()) positions.push_back(ToPosition(any->first, *any->second.committed));
  }
  if (positions.empty()) return;
  last_commit_ = now;
  consumer_->CommitAsync(positions);
}

void ConsumerRole::BalanceIntake() {
  std::size_t bytes = 0;
  std::size_t held = 0;
  for (const auto& [partition, assigned] : assigned_) {
    if (!assigned.runner) continue;
    bytes += assigned.runner->held_bytes();
    held += assigned.runner->held();
  }
  metrics_.SetHeld(options_.name, held);
  if (bytes > options_.max_bytes) full_ = true;
  if (bytes < options_.max_bytes / 2) full_ = false;
  std::vector<kafka::TopicPartition> pause;
  std::vector<kafka::TopicPartition> resume;
  for (auto& [partition, assigned] : assigned_) {
    if (!assigned.runner || !assigned.runner->ready()) continue;
    for (Fed& fed : std::exchange(assigned.early, {}))
      assigned.runner->Feed(std::move(fed.batch), std::move(fed.records));
    const std::size_t records = assigned.runner->backlog();
    const std::size_t own_bytes = assigned.runner->held_bytes();
    const std::size_t unstarted = assigned.runner->unstarted();
    const bool over = records > options_.max_backlog || unstarted > options_.max_unstarted ||
                      own_bytes > options_.max_partition_bytes;
    if (!assigned.paused && (full_ || over)) {
      pause.push_back(partition);
      assigned.paused = true;
    } else if (assigned.paused && !full_ && records <= options_.max_backlog / 2 &&
               unstarted <= options_.max_unstarted / 2 && own_bytes <= options_.max_partition_bytes / 2) {
      resume.push_back(partition);
      assigned.paused = false;
    }
  }
  if (!pause.empty()) consumer_->Pause(pause);
  if (!resume.empty()) consumer_->Resume(resume);
}

void ConsumerRole::TellLoad() {
  const WallTime now = runtime::ReadClock().wall;
  std::map<std::string, TopicLoad> loads;
  for (const std::string& topic : options_.topics) loads[topic] = {};
  RoleFill fill;
  std::size_t bytes = 0;
  for (auto& [partition, assigned] : assigned_) {
    if (!assigned.runner) continue;
    TopicLoad& load = loads[partition.topic];
    const std::int64_t committed = assigned.committed ? assigned.committed->offset : assigned.claimed;
    const std::int64_t end = std::max(assigned.next, consumer_->LastHeardEnd(partition).value_or(0));
    const auto held = static_cast<std::int64_t>(assigned.runner->held());
    load.not_done += end - assigned.next + held;
    load.lag += end - committed;
    bytes += assigned.runner->held_bytes();
    fill.window = std::max(fill.window, static_cast<double>(assigned.runner->backlog()) /
                                            static_cast<double>(options_.max_backlog));
    if (const auto appended = assigned.ages.AppendedAt(committed); appended && held > 0)
      load.oldest = std::max(load.oldest, now - *appended);
  }
  fill.bytes = static_cast<double>(bytes) / static_cast<double>(options_.max_bytes);
  std::chrono::microseconds overdue{0};
  for (const auto& [topic, load] : loads) {
    metrics_.SetLoad(topic, load);
    overdue = std::max(overdue, load.oldest - TierDelay(topic, options_.retry_time_scale));
  }
  metrics_.SetFill(options_.name, fill);
  metrics_.SetOverdue(options_.stage, overdue);
}

void ConsumerRole::AwaitDrained(const std::vector<std::shared_ptr<PartitionRunner>>& runners,
                                std::chrono::milliseconds timeout) {
  const runtime::StopToken never;
  const MonoTime deadline = runtime::ReadClock().mono + timeout;
  const auto all_drained = [&] {
    return std::all_of(runners.begin(), runners.end(), [](const auto& runner) { return runner->drained(); });
  };
  while (!all_drained() && runtime::ReadClock().mono < deadline) never.WaitFor(kPause);
}

}  // namespace webhook
