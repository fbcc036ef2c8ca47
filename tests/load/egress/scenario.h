#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace webhook::load {

// What a sender is measured at.
struct Scenario {
  std::string name;
  bool tls = false;
  bool keep = true;     // connections are kept; else each request has a new one
  bool resume = false;  // with tls and new connections: a session of the host's is resumed
  std::size_t hosts = 1;
  std::size_t per_host = 1;   // requests that may be under way to one host
  std::size_t in_flight = 1;  // requests under way at any time
  std::size_t requests = 0;   // measured, besides those that warm up

  // What can be under way at once.
  std::size_t slots() const { return hosts * per_host; }
  // Requests before the measured ones: each connection is open then, and there is a session for each host.
  std::size_t warm_up() const { return slots(); }
};

const std::vector<Scenario>& Scenarios();
std::optional<Scenario> FindScenario(const std::string& name);

// Where the sink is.
struct Target {
  std::uint16_t port = 0;
  std::string ca_file;
};

// "127.x.y.z": a host of its own for each n; the sink's lib/sink.js names them so.
std::string HostAddress(std::size_t n);

}  // namespace webhook::load
