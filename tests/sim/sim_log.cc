#include "tests/sim/sim_log.h"

#include <algorithm>

#include "core/check.h"

namespace webhook::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array<const char*, kTopics> kNames = {
    kEventsTopic,        kDeliveriesTopic,    kAttemptsTopic,      kWaitTiers[0].topic,
    kWaitTiers[1].topic, kWaitTiers[2].topic, kWaitTiers[3].topic, kWaitTiers[4].topic};

}  // namespace

const char* NameOf(Topic topic) {
  return kNames[static_cast<std::size_t>(topic)];
}

Topic TopicOf(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  CHECK(found != kNames.end(), "a topic of the platform");
  return static_cast<Topic>(found - kNames.begin());
}

SimLog::SimLog(VirtualClock& clock, const std::array<int, kTopics>& partitions) : clock_(clock) {
  for (std::size_t topic = 0; topic < kTopics; ++topic)
    topics_[topic].resize(static_cast<std::size_t>(partitions[topic]));
}

std::int64_t SimLog::Append(Place place, Record record) {
  record.appended = clock_.time();
  auto& records = topics_[static_cast<std::size_t>(place.topic)][static_cast<std::size_t>(place.partition)];
  records.push_back(std::move(record));
  const auto offset = static_cast<std::int64_t>(records.size()) - 1;
  for (const Observer& observer : observers_) observer(place, offset);
  return offset;
}

void Producer::Append(Place place, Record record, Done done) {
  if (!life_->alive()) return;
  Chain& chain = chains_[place];
  const Time ready = clock_.time() + random_.Span(milliseconds{1}, milliseconds{15});
  chain.pending.push_back({ready, std::move(record), std::move(done)});
  if (!chain.scheduled) Schedule(place, ready);
}

void Producer::Schedule(Place place, Time when) {
  chains_[place].scheduled = true;
  clock_.At(when, [self = shared_from_this(), place] { self->Work(place); });
}

void Producer::Answer(Chain* chain, Done done, const Appended& appended, Time earliest) {
  chain->last_answer = std::max(chain->last_answer, earliest);
  // What comes while the way is cut comes when it is open again.
  life_->At(chain->last_answer, [life = life_, done = std::move(done), appended] {
    if (!life->cut()) return done(appended);
    life->At(life->cut_until() + milliseconds{50}, [done, appended] { done(appended); });
  });
}

void Producer::Work(Place place) {
  Chain& chain = chains_[place];
  chain.scheduled = false;
  while (!chain.pending.empty() && !chain.over) {
    Pending& head = chain.pending.front();
    if (head.ready > clock_.time()) return Schedule(place, head.ready);
    if (!life_->alive() && (faults_.idle_dead || random_.Percent(50))) {
      chain.over = true;
      break;
    }
    if (life_->stopped()) {
      // Half of what a stopped process holds lies in its own memory still.
      if (!std::exchange(head.seen_stopped, true)) head.in_memory = random_.Percent(50);
      if (head.in_memory) return Schedule(place, clock_.time() + milliseconds{200});
    }
    if (log_.down() || life_->cut()) {
      const Time until = std::max(log_.down() ? log_.down_until() : Time{0}, life_->cut_until());
      if (!head.rolled && random_.Percent(30)) {
        Answer(&chain, std::move(head.done), {}, clock_.time() + random_.Span(seconds{2}, seconds{8}));
        chain.pending.pop_front();
        continue;
      }
      head.rolled = true;
      head.ready = until + random_.Span(milliseconds{5}, milliseconds{800});
      return Schedule(place, head.ready);
    }
    Pending pending = std::move(head);
    chain.pending.pop_front();
    if (random_.Permille(faults_.failed)) {
      Answer(&chain, std::move(pending.done), {}, clock_.time() + random_.Span(milliseconds{1}, seconds{2}));
      continue;
    }
    if (crash_ != nullptr && !crash_->Happens()) break;
    const std::int64_t offset = log_.Append(place, std::move(pending.record));
    if (crash_ != nullptr) crash_->Happened();
    const bool ambiguous = random_.Permille(faults_.ambiguous);
    const Time back = ambiguous ? random_.Span(milliseconds{1}, seconds{2})
                                : random_.Span(milliseconds{1}, milliseconds{15});
    Answer(&chain, std::move(pending.done), ambiguous ? Appended{} : Appended{true, offset},
           clock_.time() + back);
  }
}

}  // namespace webhook::sim
