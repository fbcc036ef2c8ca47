#include "tests/load/egress/scenario.h"

#include <algorithm>

namespace webhook::load {

const std::vector<Scenario>& Scenarios() {
  static const std::vector<Scenario> all = {
      {.name = "keep-64", .per_host = 64, .in_flight = 64, .requests = 200'000},
      {.name = "keep-1000-hosts", .hosts = 1'000, .in_flight = 256, .requests = 200'000},
      {.name = "keep-8000-hosts", .hosts = 8'000, .in_flight = 256, .requests = 200'000},
      {.name = "tls-keep-1000-hosts", .tls = true, .hosts = 1'000, .in_flight = 256, .requests = 100'000},
      {.name = "new-connection", .keep = false, .hosts = 1'000, .in_flight = 64, .requests = 40'000},
      {.name = "new-tls", .tls = true, .keep = false, .hosts = 500, .in_flight = 64, .requests = 4'000},
      {.name = "new-tls-resumed",
       .tls = true,
       .keep = false,
       .resume = true,
       .hosts = 500,
       .in_flight = 64,
       .requests = 8'000},
  };
  return all;
}

std::optional<Scenario> FindScenario(const std::string& name) {
  const auto found = std::find_if(Scenarios().begin(), Scenarios().end(),
                                  [&](const Scenario& scenario) { return scenario.name == name; });
  if (found == Scenarios().end()) return std::nullopt;
  return *found;
}

std::string HostAddress(std::size_t n) {
  return "127." + std::to_string(1 + (n >> 16)) + "." + std::to_string((n >> 8) & 255) + "." +
         std::to_string(n & 255);
}

}  // namespace webhook::load
