#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/attempt_record.h"
#include "domain/delivery.h"
#include "domain/topics.h"
#include "services/delivery-worker/engine/ports.h"
#include "tests/sim/crash_point.h"
#include "tests/sim/life.h"

namespace webhook::sim {

enum class Topic { kEvents, kDeliveries, kAttempts, kWait15, kWait60, kWait300, kWait900, kWait3600 };
inline constexpr int kTopics = 8;
const char* NameOf(Topic topic);
Topic TopicOf(std::string_view name);
inline bool IsWait(Topic topic) {
  return topic >= Topic::kWait15;
}

// One partition.
struct Place {
  Topic topic = Topic::kEvents;
  int partition = 0;
  auto operator<=>(const Place&) const = default;
};
using Position = std::pair<Place, std::int64_t>;

struct Record {
  Time appended{0};  // by the broker's clock
  std::shared_ptr<const Event> event;
  std::shared_ptr<const Delivery> delivery;
  std::shared_ptr<const AttemptRecord> attempt;
  std::optional<Position> moved_from;  // by the pump
};

// The brokers' log. What is in it stays.
class SimLog {
 public:
  using Observer = std::function<void(Place, std::int64_t)>;
  SimLog(VirtualClock& clock, const std::array<int, kTopics>& partitions);

  int partitions(Topic topic) const {
    return static_cast<int>(topics_[static_cast<std::size_t>(topic)].size());
  }
  const std::vector<Record>& At(Place place) const {
    return topics_[static_cast<std::size_t>(place.topic)][static_cast<std::size_t>(place.partition)];
  }
  std::int64_t End(Place place) const { return static_cast<std::int64_t>(At(place).size()); }
  std::int64_t Append(Place place, Record record);
  void Observe(Observer observer) { observers_.push_back(std::move(observer)); }

  // No broker answers until then.
  void GoDown(Time until) { down_until_ = until; }
  bool down() const { return clock_.time() < down_until_; }
  Time down_until() const { return down_until_; }

 private:
  VirtualClock& clock_;
  std::array<std::vector<std::vector<Record>>, kTopics> topics_;
  std::vector<Observer> observers_;
  Time down_until_{0};
};

// How appends go wrong.
struct AppendFaults {
  int failed = 0;          // permille: fails, and is not in the log
  int ambiguous = 0;       // permille: fails, and is in the log
  bool idle_dead = false;  // nothing that a killed process had on its way arrives
};

// One process's producer. Appends to one partition, and their acknowledgements, keep their order. What a
// killed process had on its way may arrive, up to some record.
class Producer : public std::enable_shared_from_this<Producer> {
 public:
  using Done = std::function<void(const Appended&)>;
  Producer(VirtualClock& clock, Random& random, SimLog& log, std::shared_ptr<Life> life, AppendFaults faults,
           CrashPoint* crash)
      : clock_(clock), random_(random), log_(log), life_(std::move(life)), faults_(faults), crash_(crash) {}

  void Append(Place place, Record record, Done done);

 private:
  struct Pending {
    Time ready{0};
    Record record;
    Done done;
    bool rolled = false;  // its fate in an outage is decided
    bool seen_stopped = false;
    bool in_memory = false;  // of a stopped process
  };
  struct Chain {
    std::deque<Pending> pending;
    bool scheduled = false;
    bool over = false;  // its process is dead, and nothing more arrives
    Time last_answer{0};
  };

  void Schedule(Place place, Time when);
  void Work(Place place);
  void Answer(Chain* chain, Done done, const Appended& appended, Time earliest);

  VirtualClock& clock_;
  Random& random_;
  SimLog& log_;
  const std::shared_ptr<Life> life_;
  const AppendFaults faults_;
  CrashPoint* const crash_;
  std::map<Place, Chain> chains_;
};

}  // namespace webhook::sim
