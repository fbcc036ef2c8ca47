#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/load/egress/scenario.h"

namespace webhook::load {

// What a delivery looks like: the worker's headers (signatures are ready, nobody makes them here) and a body
// of 1 KiB.
std::string RequestHeaders();  // as EgressRequest has them
std::string RequestBody();

// "http://127.1.0.7:8080/o/7": the n-th host's; whether the sink keeps the connection is the scenario's.
std::string RequestUrl(const Scenario& scenario, const Target& target, std::size_t host);

// The bytes that libs/http writes for the above.
std::string RequestText(const Scenario& scenario, const Target& target, std::size_t host);

}  // namespace webhook::load
