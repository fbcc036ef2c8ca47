#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/process.h"
#include "tests/sim/scenario.h"

namespace webhook::sim {

struct Outcome {
  std::optional<Failure> failure;
  Counts counts;
  Time lasted{0};
  int effects = 0;
};

// One run: the scenario's world, from its first step to the moment at which all is over.
class World {
 public:
  World(const Scenario& scenario, const Switches& switches, std::vector<CrashPoint::Kill> crashes = {},
        bool count_effects = false);
  ~World();

  Outcome Run();

 private:
  struct Slot {
    std::unique_ptr<Process> process;
    bool leaving = false;
    int incarnation = 0;
  };

  void Do(const Step& step);
  void Publish(int number);
  void Change(const Step& step);
  void Start(int worker);
  void Kill(int worker, Time restart);
  void Terminate(int worker, Time restart);
  void OnTakenOver(int worker, Place place);
  void Heal();
  bool Quiet() const;
  void Note(const std::string& text) const;

  const Scenario& scenario_;
  WorkerSettings settings_;
  VirtualClock clock_;
  Random random_;
  SimLog log_;
  Checker checker_;
  std::unique_ptr<CrashPoint> crash_;
  Broker broker_;
  SimRegistry registry_;
  Endpoints endpoints_;
  SimGroup fanout_;
  SimGroup deliver_;
  SimGroup pump_;
  std::shared_ptr<Life> publisher_life_;
  std::shared_ptr<Producer> publisher_;
  int last_epoch_ = 0;
  Surroundings around_;
  std::vector<Slot> slots_;
  std::vector<std::unique_ptr<Process>> dead_;
  bool healed_ = false;
};

}  // namespace webhook::sim
