#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/switches.h"

namespace webhook::sim {

struct Mutation {
  const char* name;
  const char* takes_away;
  void (*apply)(Switches*);
};

// Every guard of the engine and of the role, taken away.
const std::vector<Mutation>& AllMutations();

// Runs seeds until the simulator fails. `name`: of one mutation, or "all". 0: each was noticed.
int RunMutations(const std::string& name, std::uint64_t from, std::uint64_t seeds);

}  // namespace webhook::sim
