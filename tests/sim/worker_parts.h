#pragma once

#include <memory>

#include "services/delivery-worker/engine/admission.h"
#include "services/delivery-worker/engine/delivery_lane.h"
#include "services/delivery-worker/engine/fanout_lane.h"
#include "services/delivery-worker/engine/pump_lane.h"
#include "tests/sim/broker.h"
#include "tests/sim/checker.h"
#include "tests/sim/endpoints.h"
#include "tests/sim/sim_group.h"
#include "tests/sim/sim_registry.h"
#include "tests/sim/switches.h"

namespace webhook::sim {

// What goes wrong on the way of one process.
struct WorkerFaults {
  AppendFaults appends;
  int blind_takeover = 0;  // permille: the attempts cannot be read
  int lost_commit = 0;     // permille: a commit fails
  Time skew{0};            // the machines' clocks differ by at most so much
};

struct WorkerSettings {
  DeliveryLimits lane;
  FanoutLimits fanout;
  bool paced = true;  // fan-out parks floods; false: as one that has just taken over
  PumpLimits pump;
  AdmissionLimits admission;
  Time tick = std::chrono::milliseconds{20};  // of a lane with something to do
  Time copy_lag = std::chrono::milliseconds{50};
  WorkerFaults faults;
  Switches switches;
};

// The world that a process lives in. All outlive it.
struct Surroundings {
  VirtualClock& clock;
  Random& random;
  SimLog& log;
  Broker& broker;
  SimGroup& fanout;
  SimGroup& deliver;
  SimGroup& pump;
  SimRegistry& registry;
  Endpoints& endpoints;
  Checker& checker;
  int& last_epoch;  // of all lanes of the run
  CrashPoint* crash = nullptr;
};

}  // namespace webhook::sim
