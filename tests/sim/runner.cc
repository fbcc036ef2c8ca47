#include "tests/sim/runner.h"

#include <algorithm>

#include "domain/hash.h"
#include "services/delivery-worker/engine/stages.h"

namespace webhook::sim {

bool Runner::Expects(Answering what, Token token) const {
  return open_.contains({what, token});
}

bool Runner::Settle(Answering what, Token token) {
  const auto found = open_.find({what, token});
  if (found == open_.end()) return false;
  if (--found->second == 0) open_.erase(found);
  return true;
}

void Runner::Append(Token token, Place to, Record record) {
  Expect(Answering::kAppend, token);
  CrashPoint* const crash = context_.around.crash;
  context_.producer->Append(to, std::move(record),
                            [find = context_.find, place = place_, epoch = epoch_, token,
                             &clock = context_.around.clock, crash](const Appended& appended) {
                              Runner* const runner = find(place, epoch, Answering::kAppend, token);
                              if (runner == nullptr || !runner->Settle(Answering::kAppend, token)) return;
                              if (crash != nullptr && !crash->Happens()) return;
                              runner->lane().OnAppended(token, appended, clock.now());
                              runner->context_.progress();
                              if (crash != nullptr) crash->Happened();
                            });
}

void Runner::AppendWaiting(Token token, const char* topic, const Delivery& delivery) {
  const Topic to = TopicOf(topic);
  const int partitions = context_.around.log.partitions(to);
  const int partition =
      to == Topic::kDeliveries
          ? DeliveryPartition(delivery.webhook_id, partitions)
          : static_cast<int>(Hash64(delivery.id.str()) % static_cast<std::uint64_t>(partitions));
  Record record;
  record.delivery = std::make_shared<const Delivery>(delivery);
  Append(token, {to, partition}, std::move(record));
}

namespace {

// As the worker's wiring makes them.
FanoutLimits LimitsOf(const Runner::Context& context) {
  FanoutLimits limits = context.settings.fanout;
  limits.pace.lanes = context.around.log.partitions(Topic::kEvents);
  limits.pace.max_wait = context.settings.paced
                             ? TierDelay(kWaitTiers.front().topic, context.settings.lane.time_scale)
                             : std::chrono::hours{24};
  if (!context.settings.paced) limits.pace.max_waiting = 1'000'000;
  limits.delivery_partitions = context.around.log.partitions(Topic::kDeliveries);
  limits.time_scale = context.settings.lane.time_scale;
  return limits;
}

class FanoutRunner : public Runner, DeliveriesPort, JournalPort, ReportPort, BarrierPort, FanoutReportPort {
 public:
  FanoutRunner(Place place, int epoch, const Checkpoint& from, Context context)
      : Runner(place, epoch, std::move(context)),
        lane_(from, LimitsOf(context_), {*this, *this, *this, *this, *this, *context_.copy, context_.lease}) {
  }

  Lane& lane() override { return lane_; }
  void Take(const Record& record, std::int64_t offset, Now now) override {
    lane_.OnEvent(record.event, offset, now);
  }
  void End(bool) override {}

 private:
  void AppendDelivery(Token token, const Delivery& delivery) override {
    AppendWaiting(token, kDeliveriesTopic, delivery);
  }
  void AppendWait(Token token, const char* topic, const Delivery& delivery) override {
    AppendWaiting(token, topic, delivery);
  }
  void AppendAttempt(Token token, const AttemptRecord& record) override {
    Record appended;
    appended.attempt = std::make_shared<const AttemptRecord>(record);
    Append(token, {Topic::kAttempts, record.delivery_partition}, std::move(appended));
  }
  void Report(const AttemptRecord&, const Event&) override {}
  void AskBarrier() override {
    ++barriers_;
    Expect(Answering::kRequest, barriers_);
    context_.copy->AskBarrier([find = context_.find, place = place_, epoch = epoch_, token = barriers_,
                               &clock = context_.around.clock] {
      Runner* const runner = find(place, epoch, Answering::kRequest, token);
      if (runner == nullptr || !runner->Settle(Answering::kRequest, token)) return;
      auto* const self = static_cast<FanoutRunner*>(runner);
      self->lane_.OnBarrier(clock.now());
      self->context_.progress();
    });
  }
  void ReportFanout(FannedOut, std::size_t) override {}

  FanoutLane lane_;
  Token barriers_ = 0;
};

class PumpRunner : public Runner, MovePort {
 public:
  PumpRunner(Place place, int epoch, const Checkpoint& from, Context context)
      : Runner(place, epoch, std::move(context)),
        lane_(NameOf(place.topic), from, context_.settings.pump, *this, context_.lease) {}

  Lane& lane() override { return lane_; }
  void Take(const Record& record, std::int64_t offset, Now now) override {
    // The value is opaque to the lane: here it names the record.
    lane_.OnWaiting(*record.delivery, offset, VirtualClock::Wall(record.appended), std::to_string(offset),
                    now);
  }
  std::optional<Time> next_release() const override {
    const auto next = lane_.next_release();
    if (!next) return std::nullopt;
    return VirtualClock::FromMono(*next);
  }
  void End(bool) override {}

 private:
  void Move(Token token, const char* topic, const Waiting& waiting) override {
    const SimLog& log = context_.around.log;
    const std::int64_t offset = std::stoll(waiting.value);
    Record record;
    record.delivery = log.At(place_)[static_cast<std::size_t>(offset)].delivery;
    record.moved_from = Position{place_, offset};
    const Topic to = TopicOf(topic);
    const int partitions = log.partitions(to);
    const int partition =
        to == Topic::kDeliveries
            ? DeliveryPartition(waiting.webhook, partitions)
            : static_cast<int>(Hash64(waiting.delivery.str()) % static_cast<std::uint64_t>(partitions));
    Append(token, {to, partition}, std::move(record));
  }

  PumpLane lane_;
};

}  // namespace

std::shared_ptr<Runner> MakeFanoutRunner(Place place, int epoch, const Checkpoint& from,
                                         Runner::Context context) {
  return std::make_shared<FanoutRunner>(place, epoch, from, std::move(context));
}

std::shared_ptr<Runner> MakePumpRunner(Place place, int epoch, const Checkpoint& from,
                                       Runner::Context context) {
  return std::make_shared<PumpRunner>(place, epoch, from, std::move(context));
}

}  // namespace webhook::sim
