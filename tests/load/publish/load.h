#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "tests/load/histogram.h"
#include "tests/load/publish/event_maker.h"

namespace webhook::load {

struct LoadOptions {
  std::string address;  // of event-ingest, host:port
  std::string key;
  int channels = 4;              // connections
  int in_flight = 64;            // calls, or streams' events, that wait for their answer
  std::size_t batch = 100;       // events a call, or a message of a stream
  std::uint64_t count = 10'000;  // events in all
  double rate = 0;               // events a second, evenly; 0: as fast as answers come
};

struct Outcome {
  std::uint64_t accepted = 0;
  std::map<std::string, std::uint64_t> refused;  // by status or reason
  double seconds = 0;
  // Of calls: from when each was to be sent to its answer.
  Histogram latency;
};

// Publish `count` events and wait for all answers. Block.
Outcome PublishByCalls(const LoadOptions& options, const EventMaker& maker, bool batches);
Outcome PublishByStreams(const LoadOptions& options, const EventMaker& maker);

}  // namespace webhook::load
