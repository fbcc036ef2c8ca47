#pragma once

#include <string>

#include "services/delivery-worker/engine/checkpoint.h"
#include "tests/sim/sim_log.h"

// Words for a run that somebody reads.
namespace webhook::sim {

std::string Seconds(Time time);
std::string Describe(Place place, std::int64_t offset, const Record& record);
std::string Describe(Place place, const Checkpoint& checkpoint);

}  // namespace webhook::sim
