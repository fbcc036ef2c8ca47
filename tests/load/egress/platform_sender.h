#pragma once

#include <future>
#include <memory>
#include <vector>

#include "http/client.h"
#include "runtime/event_loop.h"
#include "tests/load/egress/progress.h"
#include "tests/load/egress/scenario.h"
#include "tests/load/egress/slot_ring.h"

namespace webhook::load {

// The platform's own sender, used as the worker uses it: requests are made and answers taken on its loop,
// each asks for its lease before it is written.
class PlatformSender {
 public:
  PlatformSender(const Scenario& scenario, const Target& target);
  ~PlatformSender();

  // Runs the scenario to its end.
  Result<Progress> Run();

 private:
  void SendMore();
  void Send(std::uint32_t slot);

  const Scenario scenario_;
  const Target target_;
  std::vector<http::EgressRequest> ready_;  // one a host
  std::shared_ptr<const MonoTime> lease_;
  SlotRing ring_;
  Progress progress_;
  std::promise<void> ended_;
  std::unique_ptr<http::Client> client_;
  runtime::EventLoop loop_{"egress"};
};

}  // namespace webhook::load
