#include "tests/sim/run_seed.h"

#include <exception>

namespace webhook::sim {

Outcome RunSeed(std::uint64_t seed, const Switches& switches, bool verbose) {
  Scenario scenario = MakeScenario(seed);
  scenario.checks.verbose = verbose;
  World world(scenario, switches);
  try {
    return world.Run();
    // At() of the engine: it was told of what it does not have.
  } catch (const std::exception& thrown) {
    Outcome outcome;
    outcome.failure = Failure{"engine", thrown.what(), Time{0}};
    return outcome;
  }
}

}  // namespace webhook::sim
