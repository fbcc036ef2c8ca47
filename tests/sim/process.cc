#include "tests/sim/process.h"

namespace webhook::sim {
namespace {

constexpr std::chrono::seconds kIdleTick{1};
constexpr std::chrono::milliseconds kTurn{1};  // of a loop that is busy

std::shared_ptr<Admission> NewAdmission(const AdmissionLimits& limits, const std::shared_ptr<Life>& life) {
  const auto own = std::make_shared<std::weak_ptr<Admission>>();
  const auto admission = std::make_shared<Admission>(limits, [own, life] {
    life->After(kTurn, [own] {
      if (const auto self = own->lock()) self->BeginTurn();
    });
  });
  *own = admission;
  return admission;
}

}  // namespace

Process::Process(const Surroundings& around, const WorkerSettings& settings,
                 std::function<void(Place)> taken_over)
    : around_(around),
      settings_(settings),
      life_(std::make_shared<Life>(around.clock, around.random.Span(Time{0}, settings.faults.skew))),
      producer_(std::make_shared<Producer>(around.clock, around.random, around.log, life_,
                                           settings.faults.appends, around.crash)),
      copy_(around.registry.Watch(life_, settings.copy_lag)),
      admission_(NewAdmission(settings.admission, life_)),
      fanout_(around.fanout, settings.fanout.max_records, MakeFanoutRunner,
              {around_, settings_, life_, producer_, copy_, admission_, [this](Time when) { Wake(when); },
               nullptr}),
      deliver_(around.deliver, settings.lane.max_span, MakeDeliveryRunner,
               {around_, settings_, life_, producer_, copy_, admission_, [this](Time when) { Wake(when); },
                std::move(taken_over)}),
      pump_(around.pump, settings.pump.max_records, MakePumpRunner,
            {around_, settings_, life_, producer_, copy_, admission_, [this](Time when) { Wake(when); },
             nullptr}) {}

void Process::Start() {
  fanout_.Start();
  deliver_.Start();
  pump_.Start();
  Wake(around_.clock.time() + kIdleTick);
}

void Process::Terminate(std::function<void()> exited) {
  stopping_ = 3;
  const auto done = [this, exited = std::move(exited)] {
    if (--stopping_ > 0) return;
    Kill();
    exited();
  };
  fanout_.Stop(done);
  deliver_.Stop(done);
  pump_.Stop(done);
}

void Process::Kill() {
  if (!life_->alive()) return;
  life_->Kill();
  fanout_.Kill();
  deliver_.Kill();
  pump_.Kill();
}

void Process::OnAppended(Place place) {
  if (!life_->alive() || life_->stopped()) return;
  if (place.topic == Topic::kEvents) return fanout_.OnAppended(place);
  if (place.topic == Topic::kDeliveries) return deliver_.OnAppended(place);
  if (IsWait(place.topic)) pump_.OnAppended(place);
}

void Process::Wake(Time when) {
  if (next_tick_ && *next_tick_ <= when) return;
  next_tick_ = when;
  life_->At(when, [this, when] {
    if (next_tick_ != when) return;
    next_tick_.reset();
    Tick();
  });
}

void Process::Tick() {
  const Time time = around_.clock.time();
  fanout_.OnTick();
  deliver_.OnTick();
  pump_.OnTick();
  Wake(time + kIdleTick);
}

}  // namespace webhook::sim
