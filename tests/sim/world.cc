#include "tests/sim/world.h"

#include <cstdio>
#include <utility>

#include "domain/hash.h"

namespace webhook::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kLook{5};  // whether all is over

std::vector<Place> PlacesOf(const std::array<int, kTopics>& partitions, Topic first, Topic last) {
  std::vector<Place> places;
  for (int topic = static_cast<int>(first); topic <= static_cast<int>(last); ++topic) {
    for (int i = 0; i < partitions[static_cast<std::size_t>(topic)]; ++i)
      places.push_back({static_cast<Topic>(topic), i});
  }
  return places;
}

}  // namespace

World::World(const Scenario& scenario, const Switches& switches, std::vector<CrashPoint::Kill> crashes,
             bool count_effects)
    : scenario_(scenario),
      settings_(scenario.settings),
      random_(scenario.seed ^ 0xC0FFEEU),
      log_(clock_, scenario.partitions),
      checker_(clock_, log_, scenario.checks),
      crash_(count_effects
                 ? std::make_unique<CrashPoint>(std::move(crashes), [this] { Kill(0, milliseconds{500}); })
                 : nullptr),
      broker_(clock_, random_, log_),
      registry_(clock_, random_),
      endpoints_(clock_, random_, checker_, crash_.get()),
      fanout_(clock_, random_, log_, PlacesOf(scenario.partitions, Topic::kEvents, Topic::kEvents),
              [this](const auto& commit) { checker_.OnCommit(commit); }),
      deliver_(clock_, random_, log_, PlacesOf(scenario.partitions, Topic::kDeliveries, Topic::kDeliveries),
               [this](const auto& commit) { checker_.OnCommit(commit); }),
      pump_(clock_, random_, log_, PlacesOf(scenario.partitions, Topic::kWait15, Topic::kWait3600),
            [this](const auto& commit) { checker_.OnCommit(commit); }),
      publisher_life_(std::make_shared<Life>(clock_)),
      publisher_(std::make_shared<Producer>(clock_, random_, log_, publisher_life_,
                                            scenario.settings.faults.appends, nullptr)),
      around_{clock_, random_,   log_,       broker_,  fanout_,     deliver_,
              pump_,  registry_, endpoints_, checker_, last_epoch_, crash_.get()},
      slots_(static_cast<std::size_t>(scenario.workers)) {
  settings_.switches = switches;
  settings_.lane.guards = switches.guards;
  settings_.fanout.guards = switches.guards;
  log_.Observe([this](Place place, std::int64_t) {
    for (const Slot& slot : slots_) {
      if (slot.process) slot.process->OnAppended(place);
    }
  });
  for (const Step& step : scenario.steps) clock_.At(step.at, [this, &step] { Do(step); });
  clock_.At(scenario.heal, [this] { Heal(); });
}

World::~World() {
  publisher_life_->Kill();
  for (const Slot& slot : slots_) {
    if (slot.process) slot.process->life().Kill();
  }
}

void World::Note(const std::string& text) const {
  checker_.Note(text);
}

Outcome World::Run() {
  Time next_look = scenario_.heal + kLook;
  while (!checker_.failure() && clock_.Step()) {
    dead_.clear();
    if (!healed_ || clock_.time() < next_look) continue;
    next_look = clock_.time() + kLook;
    if (Quiet()) break;
    if (clock_.time() > scenario_.deadline) {
      checker_.Fail("liveness", "not over in time: " + checker_.Unfinished());
    }
  }
  if (!checker_.failure()) checker_.Finish();
  return {checker_.failure(), checker_.counts(), clock_.time(), crash_ ? crash_->count() : 0};
}

bool World::Quiet() const {
  if (!checker_.AllOver()) return false;
  for (int topic = 0; topic < kTopics; ++topic) {
    const auto of = static_cast<Topic>(topic);
    if (of == Topic::kAttempts) continue;
    const SimGroup& group = of == Topic::kEvents ? fanout_ : of == Topic::kDeliveries ? deliver_ : pump_;
    for (int i = 0; i < log_.partitions(of); ++i) {
      const auto committed = group.Committed({of, i});
      if ((committed ? committed->offset : 0) < log_.End({of, i})) return false;
    }
  }
  return true;
}

void World::Do(const Step& step) {
  const auto index = static_cast<std::size_t>(step.subject);
  const auto name = "worker " + std::to_string(step.subject);
  const auto process = [&]() -> Process* {
    Process* const there = slots_[index].process.get();
    return there != nullptr && there->life().alive() ? there : nullptr;
  };
  const Time until = clock_.time() + step.length;
  switch (step.act) {
    case Act::kPublish:
      return Publish(step.subject);
    case Act::kCreate:
    case Act::kDelete:
    case Act::kToggle:
    case Act::kTouch:
      return Change(step);
    case Act::kStart:
      return Start(step.subject);
    case Act::kKill:
      return Kill(step.subject, step.length);
    case Act::kTerminate:
      return Terminate(step.subject, step.length);
    case Act::kStop:
      if (Process* const there = process(); there != nullptr && !there->life().stopped()) {
        Note(name + " is stopped");
        ++checker_.counts().faults;
        there->life().Stop();
        clock_.At(until, [this, name, life = there->life().shared_from_this()] {
          Note(name + " goes on");
          life->GoOn();
        });
      }
      return;
    case Act::kCut:
      if (Process* const there = process()) {
        Note(name + " is cut off");
        ++checker_.counts().faults;
        there->life().Cut(until);
      }
      return;
    case Act::kBreak:
      if (Process* const there = process()) {
        Note(name + " can send nothing");
        ++checker_.counts().faults;
        there->life().Break(until);
      }
      return;
    case Act::kBrokersDown:
      Note("the brokers are down");
      ++checker_.counts().faults;
      log_.GoDown(until);
      clock_.At(until, [this] {
        Note("the brokers are up");
        fanout_.Renew();
        deliver_.Renew();
        pump_.Renew();
      });
      return;
    case Act::kRegistryDown:
      Note("the registry is down");
      ++checker_.counts().faults;
      registry_.GoDown(until);
      return;
  }
}

void World::Publish(int number) {
  const auto event = scenario_.events[static_cast<std::size_t>(number)];
  checker_.OnPublish(event);
  Note("publish " + event->id.str());
  Record record;
  record.event = event;
  const auto partitions = static_cast<std::uint64_t>(log_.partitions(Topic::kEvents));
  const Place place{Topic::kEvents, static_cast<int>(Hash64(event->id.str()) % partitions)};
  publisher_->Append(place, std::move(record), [this, event](const Appended& appended) {
    if (appended.ok) checker_.OnPublished(event->id);
  });
}

void World::Change(const Step& step) {
  const PlannedWebhook& planned = scenario_.webhooks[static_cast<std::size_t>(step.subject)];
  const WebhookId& id = planned.webhook.id;
  if (registry_.down()) return;
  if (step.act == Act::kCreate) {
    endpoints_.Plan(id, planned.endpoint);
    if (planned.paced) checker_.ExpectPace(id, planned.flooded_at, planned.flood);
    registry_.Put(planned.webhook);
    checker_.OnWebhook(*registry_.Find(id));
    return;
  }
  const auto entry = registry_.Find(id);
  if (!entry) return;
  if (step.act == Act::kDelete) {
    Note("delete " + id.str());
    registry_.Erase(id);
    checker_.OnWebhookGone(id);
    return;
  }
  Webhook changed = *entry;
  if (step.act == Act::kToggle) changed.active = !changed.active;
  registry_.Put(changed);
  checker_.OnWebhook(*registry_.Find(id));
}

void World::Start(int worker) {
  Slot& slot = slots_[static_cast<std::size_t>(worker)];
  if (slot.process) return;
  if (registry_.down()) {  // no copy of the webhooks, no start
    clock_.At(registry_.down_until(), [this, worker] { Start(worker); });
    return;
  }
  Note("worker " + std::to_string(worker) + " starts");
  ++slot.incarnation;
  slot.leaving = false;
  slot.process = std::make_unique<Process>(around_, settings_,
                                           [this, worker](Place place) { OnTakenOver(worker, place); });
  slot.process->Start();
}

void World::Kill(int worker, Time restart) {
  Slot& slot = slots_[static_cast<std::size_t>(worker)];
  if (!slot.process || !slot.process->life().alive()) return;
  Note("worker " + std::to_string(worker) + " is killed");
  ++checker_.counts().kills;
  slot.process->Kill();
  // It may be in the middle of a call.
  dead_.reserve(8);
  clock_.After(Time{0}, [this, process = std::make_shared<std::unique_ptr<Process>>(
                                   std::move(slot.process))] { dead_.push_back(std::move(*process)); });
  clock_.After(restart, [this, worker] { Start(worker); });
}

void World::Terminate(int worker, Time restart) {
  Slot& slot = slots_[static_cast<std::size_t>(worker)];
  if (!slot.process || !slot.process->life().alive() || slot.leaving) return;
  Note("worker " + std::to_string(worker) + " is told to end");
  slot.leaving = true;
  Life& life = slot.process->life();
  life.Run([this, worker, restart, incarnation = slot.incarnation, life = life.shared_from_this()] {
    Slot& there = slots_[static_cast<std::size_t>(worker)];
    if (there.incarnation != incarnation || !there.process) return;
    there.process->Terminate([this, worker, restart, incarnation] {
      Slot& ended = slots_[static_cast<std::size_t>(worker)];
      if (ended.incarnation != incarnation || !ended.process) return;
      Note("worker " + std::to_string(worker) + " has ended");
      clock_.After(Time{0}, [this, process = std::make_shared<std::unique_ptr<Process>>(
                                       std::move(ended.process))] { dead_.push_back(std::move(*process)); });
      clock_.After(restart, [this, worker] { Start(worker); });
    });
  });
}

void World::OnTakenOver(int worker, Place place) {
  Note("worker " + std::to_string(worker) + " takes over " + NameOf(place.topic) + " " +
       std::to_string(place.partition));
  if (healed_ || !random_.Permille(scenario_.kill_at_takeover)) return;
  clock_.After(random_.Span(milliseconds{1}, scenario_.kill_within), [this, worker] {
    if (!healed_) Kill(worker, random_.Span(milliseconds{100}, seconds{12}));
  });
}

void World::Heal() {
  healed_ = true;
  Note("all faults are healed");
  for (int worker = 0; worker < scenario_.workers; ++worker) Start(worker);
}

}  // namespace webhook::sim
