#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "tests/sim/role.h"

namespace webhook::sim {

// One process of the delivery-worker with its three roles.
class Process {
 public:
  Process(const Surroundings& around, const WorkerSettings& settings, std::function<void(Place)> taken_over);

  void Start();
  // SIGTERM: `exited` once it has drained and left.
  void Terminate(std::function<void()> exited);
  // kill -9. The object may be destroyed once no call of it is under way.
  void Kill();
  void OnAppended(Place place);

  Life& life() { return *life_; }

 private:
  void Wake(Time when);
  void Tick();

  const Surroundings around_;
  const WorkerSettings settings_;
  const std::shared_ptr<Life> life_;
  const std::shared_ptr<Producer> producer_;
  const std::shared_ptr<WebhookCopy> copy_;
  const std::shared_ptr<Admission> admission_;
  Role fanout_;
  Role deliver_;
  Role pump_;
  int stopping_ = 0;  // roles that still drain
  std::optional<Time> next_tick_;
};

}  // namespace webhook::sim
