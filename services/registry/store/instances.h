#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

// A process of the platform. Row security shows them to the platform alone.
struct Instance {
  std::string service;  // "delivery-worker"
  std::string name;     // of the process, as runtime::InstanceName(), or its address where it tells none
  std::string version;  // empty: it tells none
  std::optional<WallTime> started_at;
  WallTime seen_at{};

  bool operator==(const Instance&) const = default;
};

// Who was not heard of for so long is gone.
constexpr std::chrono::seconds kInstanceGone{60};

// Notes that it is there; returns its seen_at, by the database's clock. Waits for locks 1 s at most, then
// throws; that bound holds for the rest of the transaction too.
WallTime NoteInstance(Tx& tx, const Instance& instance);
// Forgets it; not where it was noted again after `seen_at`: it has found another registry meanwhile.
void ForgetInstance(Tx& tx, const Instance& instance, const std::optional<WallTime>& seen_at);
// Those that are not gone, by service and name; at most `limit`.
std::vector<Instance> ListInstances(Tx& tx, int limit);
// Forgets those that are gone.
void DropInstances(Tx& tx);

}  // namespace webhook::store
