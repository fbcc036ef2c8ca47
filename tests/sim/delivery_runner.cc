#include <algorithm>

#include "tests/sim/runner.h"

namespace webhook::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class DeliveryRunner : public Runner, HttpPort, AdmissionPort, JournalPort, ReportPort, DeactivatePort {
 public:
  DeliveryRunner(Place place, int epoch, const Checkpoint& from, Context context)
      : Runner(place, epoch, std::move(context)),
        from_(from),
        lane_(place.partition, from, context_.settings.lane,
              {*this, *this, *this, *this, *context_.copy, context_.lease, *this}) {}

  Lane& lane() override { return lane_; }
  void Take(const Record& record, std::int64_t offset, Now now) override {
    lane_.OnDelivery(*record.delivery, offset, now);
  }
  void Prepare() override;
  void OnCommitted(Time sent) override { context_.around.checker.OnCommitted(epoch_, sent); }
  void End(bool cut_short) override;

 private:
  class Asker;
  struct Open {
    DeliveryId id;
    int run = 0;
  };

  void Send(Token token, const Delivery& delivery, const std::shared_ptr<const Webhook>& webhook) override;
  webhook::Place Enter(const std::shared_ptr<const Webhook>& webhook) override;
  void Leave(const Webhook& webhook) override { context_.admission->Leave(webhook); }
  void AppendWait(Token token, const char* topic, const Delivery& delivery) override {
    AppendWaiting(token, topic, delivery);
  }
  void AppendAttempt(Token token, const AttemptRecord& record) override;
  void Report(const AttemptRecord&, const Event&) override {}
  void Deactivate(const WebhookId& webhook, const std::string& reason, std::int64_t revision) override;
  void Close(Token token);
  AttemptsTail ReadTail() const;

  const Checkpoint from_;
  DeliveryLane lane_;
  std::shared_ptr<Asker> asker_;
  std::unordered_map<Token, Open> requests_;  // their attempts are not in the log
};

AttemptsTail DeliveryRunner::ReadTail() const {
  const SimLog& log = context_.around.log;
  const Place place{Topic::kAttempts, place_.partition};
  const auto& records = log.At(place);
  const Time young = context_.around.clock.time() - kTailAge;
  const auto first = std::lower_bound(records.begin(), records.end(), young,
                                      [](const Record& record, Time time) { return record.appended < time; });
  std::int64_t next = first - records.begin();
  if (from_.attempts_offset >= 0) next = std::min(next, from_.attempts_offset);
  AttemptsTail tail;
  tail.end = log.End(place);
  tail.complete = true;
  for (; next < tail.end; ++next) {
    tail.Add(*records[static_cast<std::size_t>(next)].attempt, from_.offset);
  }
  return tail;
}

void DeliveryRunner::Prepare() {
  if (random().Permille(context_.settings.faults.blind_takeover)) {
    const Time waited = random().Span(seconds{2}, seconds{10});
    return context_.life->After(waited, [find = context_.find, place = place_, epoch = epoch_] {
      auto* const self = static_cast<DeliveryRunner*>(find(place, epoch, Answering::kRequest, 0));
      if (self == nullptr || self->ready()) return;
      self->lane_.OnInherited({}, self->now());
      self->context_.around.checker.OnTakenOver(epoch, place.partition, true);
      self->SetReady();
    });
  }
  const auto tail = std::make_shared<AttemptsTail>();
  Life& life = *context_.life;
  context_.around.broker.Call(
      context_.life, context_.channel,
      [this, tail, weak = context_.find, place = place_, epoch = epoch_, &life] {
        // The dead read nothing; a reader that is gone leaves nothing to read for.
        if (!life.alive() || weak(place, epoch, Answering::kRequest, 0) != this) return;
        *tail = ReadTail();
        context_.around.checker.OnTailRead(place.partition);
        if (!context_.settings.switches.tail) tail->entries.clear();
      },
      [find = context_.find, place = place_, epoch = epoch_, tail](bool ok) {
        auto* const self = static_cast<DeliveryRunner*>(find(place, epoch, Answering::kRequest, 0));
        if (self == nullptr || self->ready()) return;
        if (!ok) return self->Prepare();
        const Time reads = self->random().Span(milliseconds{5}, milliseconds{300});
        self->context_.life->After(reads, [find, place, epoch, tail] {
          auto* const there = static_cast<DeliveryRunner*>(find(place, epoch, Answering::kRequest, 0));
          if (there == nullptr || there->ready()) return;
          there->lane_.OnInherited(*tail, there->now());
          there->context_.around.checker.OnTakenOver(epoch, place.partition, false);
          there->SetReady();
        });
      });
}

void DeliveryRunner::Send(Token token, const Delivery& delivery,
                          const std::shared_ptr<const Webhook>& webhook) {
  Expect(Answering::kRequest, token);
  Checker& checker = context_.around.checker;
  if (requests_.try_emplace(token, Open{delivery.id, delivery.run}).second)
    checker.OnOpened(epoch_, delivery);
  Endpoints::Request request;
  request.lane = epoch_;
  request.delivery = delivery;
  request.webhook = webhook;
  request.write_before = [find = context_.find, place = place_, epoch = epoch_,
                          begun = context_.lease.lease(), &settings = context_.settings]() -> MonoTime {
    if (!settings.lane.guards.lease) return MonoTime::max();
    if (!settings.switches.lease_at_write) return begun;
    const Runner* const runner = find(place, epoch, Answering::kRequest, 0);
    if (runner == nullptr || runner->epoch() != epoch) return MonoTime::min();
    return static_cast<const DeliveryRunner*>(runner)->context_.lease.lease();
  };
  request.on_response = [find = context_.find, place = place_, epoch = epoch_, token, delivery, webhook,
                         &checker, admission = context_.admission,
                         crash = context_.around.crash](const HttpResult& result) {
    auto* const self = static_cast<DeliveryRunner*>(find(place, epoch, Answering::kRequest, token));
    if (self == nullptr) return admission->Leave(*webhook);  // the lane is gone, its request was not
    if (!self->Settle(Answering::kRequest, token)) return;
    if (crash != nullptr && !crash->Happens()) return;
    checker.OnEnded(self->epoch_, delivery, *webhook, result);
    if (result.own_fault) self->Close(token);  // it made no attempt
    self->lane_.OnResponse(token, result, self->now());
    self->context_.progress();
    if (crash != nullptr) crash->Happened();
  };
  context_.around.endpoints.Send(context_.life, std::move(request));
}

// Stands in line for the runner, which may be stalled, or another life's, when the turn comes.
class DeliveryRunner::Asker : public Admission::Asker {
 public:
  Asker(const Context& context, Place place, int epoch)
      : find_(context.find), progress_(context.progress), place_(place), epoch_(epoch) {}

  void OnTurn(const Webhook& webhook) override {
    Runner* const runner = find_(place_, epoch_, Answering::kRequest, 0);
    if (runner == nullptr || runner->epoch() != epoch_) return;
    auto* const self = static_cast<DeliveryRunner*>(runner);
    self->lane_.OnPlace(webhook.id, self->now());
    progress_();
  }

 private:
  const Find find_;
  const std::function<void()> progress_;
  const Place place_;
  const int epoch_;
};

webhook::Place DeliveryRunner::Enter(const std::shared_ptr<const Webhook>& webhook) {
  if (!asker_) asker_ = std::make_shared<Asker>(context_, place_, epoch_);
  return context_.admission->Enter(webhook, asker_);
}

void DeliveryRunner::Close(Token token) {
  const auto found = requests_.find(token);
  if (found == requests_.end()) return;
  context_.around.checker.OnClosed(epoch_, found->second.id, found->second.run);
  requests_.erase(found);
}

void DeliveryRunner::AppendAttempt(Token token, const AttemptRecord& attempt) {
  Checker& checker = context_.around.checker;
  checker.OnRecording(epoch_, attempt);
  Record record;
  record.attempt = std::make_shared<const AttemptRecord>(attempt);
  const auto value = record.attempt;
  Expect(Answering::kAppend, token);
  CrashPoint* const crash = context_.around.crash;
  context_.producer->Append({Topic::kAttempts, place_.partition}, std::move(record),
                            [find = context_.find, place = place_, epoch = epoch_, token, value, &checker,
                             crash](const Appended& appended) {
                              auto* const self =
                                  static_cast<DeliveryRunner*>(find(place, epoch, Answering::kAppend, token));
                              if (self == nullptr || !self->Settle(Answering::kAppend, token)) return;
                              if (crash != nullptr && !crash->Happens()) return;
                              if (appended.ok && self->epoch_ == epoch) {
                                checker.OnRecorded(epoch, *value);
                                self->Close(token);
                              }
                              self->lane_.OnAppended(token, appended, self->now());
                              self->context_.progress();
                              if (crash != nullptr) crash->Happened();
                            });
}

void DeliveryRunner::Deactivate(const WebhookId& webhook, const std::string& reason, std::int64_t revision) {
  SimRegistry& registry = context_.around.registry;
  Checker& checker = context_.around.checker;
  context_.around.clock.After(random().Span(milliseconds{5}, milliseconds{200}),
                              [&registry, &checker, webhook, reason, revision] {
                                const auto found = registry.Find(webhook);
                                if (!found || found->revision != revision) return;
                                Webhook changed = *found;
                                changed.active = false;
                                changed.inactive_reason = reason;
                                if (registry.Put(changed)) checker.OnWebhook(changed);
                              });
}

void DeliveryRunner::End(bool cut_short) {
  Checker& checker = context_.around.checker;
  for (const auto& [token, open] : requests_) {
    checker.OnClosed(epoch_, open.id, open.run);
    if (cut_short) checker.Excuse(open.id, open.run);
  }
  requests_.clear();
}

}  // namespace

std::shared_ptr<Runner> MakeDeliveryRunner(Place place, int epoch, const Checkpoint& from,
                                           Runner::Context context) {
  return std::make_shared<DeliveryRunner>(place, epoch, from, std::move(context));
}

}  // namespace webhook::sim
