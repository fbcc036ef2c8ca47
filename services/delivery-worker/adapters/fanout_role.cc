#include "services/delivery-worker/adapters/fanout_role.h"

#include <algorithm>
#include <map>
#include <utility>

#include "domain/topics.h"
#include "log/log.h"
#include "records/records.h"
#include "runtime/clock.h"
#include "services/delivery-worker/adapters/poison.h"
#include "services/delivery-worker/engine/stages.h"

namespace webhook {
namespace {

// librdkafka gathers a batch for as long: the price of each poll in latency.
constexpr std::chrono::milliseconds kPoll{10};
constexpr std::chrono::milliseconds kPause{10};
constexpr std::chrono::milliseconds kStartRetry{500};
constexpr std::chrono::milliseconds kBarrier{1'000};
constexpr int kBarrierTries = 30;
constexpr std::chrono::milliseconds kTopicTimeout{2'000};
constexpr std::size_t kMaxRecords = 1'000;
constexpr std::size_t kRememberedEvents = 262'144;

}  // namespace

FanoutRole::FanoutRole(std::string brokers, const Parts& parts)
    : brokers_(std::move(brokers)),
      parts_(parts),
      seen_(kRememberedEvents),
      thread_("fanout", [this] { Run(); }) {}

FanoutRole::~FanoutRole() {
  Stop();
}

void FanoutRole::Stop() {
  stop_.RequestStop();
  thread_.Join();
}

void FanoutRole::Run() {
  while (!parts_.webhooks.complete()) {
    if (stop_.WaitFor(kPause)) return;
  }
  while (!Subscribe()) {
    if (stop_.WaitFor(kStartRetry)) return;
  }
  while (!stop_.stopped()) PollOnce();
  consumer_->CommitAndClose([this] { return Done(); });
}

bool FanoutRole::Subscribe() {
  kafka::ConsumerOptions options;
  options.brokers = brokers_;
  options.client_id = "delivery-worker";
  options.group = kFanoutGroup;
  options.topics = {kEventsTopic};
  kafka::Consumer::Listener listener;
  listener.on_revoked = [this](const auto& partitions) { OnRevoked(partitions); };
  listener.on_lost = [this](const auto& partitions) {
    for (const auto& partition : partitions) done_.erase(partition);
  };
  auto consumer = kafka::Consumer::Create(options, std::move(listener));
  if (!consumer) {
    log::Warn("fanout.subscribe_failed", {{"error", consumer.error().message}});
    return false;
  }
  const auto partitions = (*consumer)->PartitionCount(kDeliveriesTopic, kTopicTimeout);
  if (!partitions) {
    parts_.health.SetUp("fanout", false, partitions.error().message);
    return false;
  }
  consumer_ = std::move(*consumer);
  delivery_partitions_ = *partitions;
  return true;
}

void FanoutRole::PollOnce() {
  const auto polled = consumer_->Poll(kPoll, kMaxRecords);
  parts_.health.SetUp("fanout", polled.ok(), polled.ok() ? "" : polled.error().message);
  if (!polled) {
    stop_.WaitFor(kPause);
    return;
  }
  const auto& records = (*polled)->records();
  if (records.empty()) return;
  if (!ReachBarrier()) return;
  batch_seen_.clear();
  ReliableAppend append(parts_.producer, stop_);
  for (const kafka::ConsumedRecord& record : records) FanOutRecord(record, append);
  if (!append.Wait()) return;

  for (const Bytes16& fingerprint : batch_seen_) seen_.Insert(fingerprint);
  NoteDone(records);
}

void FanoutRole::NoteDone(const std::vector<kafka::ConsumedRecord>& records) {
  std::map<kafka::TopicPartition, std::int64_t> next;
  for (const kafka::ConsumedRecord& record : records) {
    std::int64_t& offset = next[{std::string(record.topic), record.partition}];
    offset = std::max(offset, record.offset + 1);
  }
  std::vector<kafka::Consumer::Position> positions;
  for (const auto& [partition, offset] : next) {
    positions.push_back({partition, offset});
    done_[partition] = offset;
  }
  consumer_->CommitAsync(positions);
}

std::vector<kafka::Consumer::Position> FanoutRole::Done() const {
  std::vector<kafka::Consumer::Position> positions;
  for (const auto& [partition, offset] : done_) positions.push_back({partition, offset});
  return positions;
}

// An asynchronous commit may have failed, or be under way: what is not committed would be sent twice.
void FanoutRole::OnRevoked(const std::vector<kafka::TopicPartition>& partitions) {
  std::vector<kafka::Consumer::Position> positions;
  for (const auto& partition : partitions) {
    const auto found = done_.find(partition);
    if (found == done_.end()) continue;
    positions.push_back({partition, found->second});
    done_.erase(found);
  }
  const Status committed = consumer_->CommitSync(positions);
  if (!committed) log::Warn("checkpoint.failed", {{"error", committed.error().message}});
}

bool FanoutRole::ReachBarrier() {
  auto revision = parts_.registry.GetRevision(kBarrier);
  for (int tried = 0; revision && tried < kBarrierTries && !stop_.stopped(); ++tried) {
    if (parts_.webhooks.WaitForRevision(*revision, kBarrier)) return true;
  }
  if (stop_.stopped()) return false;
  parts_.metrics.fanout_stale.Add();
  log::Warn("fanout.stale", {{"error", revision ? "the copy of the webhooks stays behind the registry's"
                                                : revision.error().message}});
  return true;
}

void FanoutRole::FanOutRecord(const kafka::ConsumedRecord& record, ReliableAppend& append) {
  auto decoded = DecodeEvent(record.value);
  if (!decoded) {
    append.Add({kPoisonTopic, -1, "", TellPoison(record, decoded.error(), parts_.metrics)});
    return;
  }
  FanOutEvent(std::make_shared<const Event>(std::move(*decoded)), append);
}

void FanoutRole::FanOutEvent(const std::shared_ptr<const Event>& event, ReliableAppend& append) {
  const Bytes16 fingerprint = Fingerprint(*event);
  if (seen_.Contains(fingerprint)) return parts_.metrics.fanout_copies.Add();
  batch_seen_.push_back(fingerprint);
  const auto deliveries = FanOut(event, parts_.webhooks.Of(event->account), parts_.webhooks.revision(),
                                 runtime::ReadClock().wall);
  (deliveries.empty() ? parts_.metrics.fanout_unmatched : parts_.metrics.fanout_matched).Add();
  parts_.metrics.fanout_deliveries.Add(static_cast<double>(deliveries.size()));
  for (const Delivery& delivery : deliveries) {
    append.Add({kDeliveriesTopic, DeliveryPartition(delivery.webhook_id, delivery_partitions_),
                delivery.id.str(), EncodeDelivery(delivery)});
  }
}

}  // namespace webhook
