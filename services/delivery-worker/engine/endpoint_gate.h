#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "core/time.h"
#include "services/delivery-worker/engine/rate_log.h"

namespace webhook {

// Names one delivery inside its lane.
using Token = std::uint64_t;

struct GateLimits {
  std::size_t max_waiting = 256;
  std::size_t max_waiting_bytes = 1 << 20;
  std::chrono::seconds max_wait{20};  // what would start later is to be parked
  int max_in_flight = 10;
  // Then one request at a time, until one succeeds, and nothing waits here: what comes meanwhile is to be
  // parked.
  int failures_until_probe = 5;
};

// What waits for one endpoint, and when the next of it may start: rate limit, concurrency and bounds of the
// queue. Pure; no lock.
class EndpointGate {
 public:
  explicit EndpointGate(const GateLimits& limits) : limits_(limits) {}

  void SetLimit(const RateLimit& limit) { rate_.SetLimit(limit); }

  // Queues a delivery that must not start before `ready`. False: no room, or its turn comes too late: park
  // it.
  [[nodiscard]] bool Offer(Token token, MonoTime ready, std::size_t bytes, MonoTime now);
  // Queues without asking for room: for what was taken out and could not be sent.
  void PutBack(Token token, MonoTime ready, std::size_t bytes);
  // Takes a delivery that waits here, queued with this `ready`, out of the queue.
  void Withdraw(Token token, MonoTime ready);
  // Takes the next delivery that may start now out of the queue. Started() must follow where its request is
  // made.
  std::optional<Token> TakeNext(MonoTime now);
  // A request starts: counts against both limits and the places in flight.
  void Started(MonoTime now);
  // A request that was started has ended. nullopt: by a fault of our own, which says nothing of the endpoint.
  void Finished(std::optional<bool> success, MonoTime now);

  // When TakeNext() can next give something by the passing of time alone; nullopt: not before another call.
  std::optional<MonoTime> WakeAt(MonoTime now) const;
  // A slot for a parked delivery, after all that waits here and all that was parked before it.
  MonoTime ReserveSlot(MonoTime now);
  // True where forgetting the gate forgets nothing.
  bool Idle(MonoTime now) const;

 private:
  bool Probing() const { return straight_failures_ >= limits_.failures_until_probe; }
  int MaxInFlight() const { return Probing() ? 1 : limits_.max_in_flight; }

  GateLimits limits_;
  RateLog rate_;
  std::map<std::pair<MonoTime, Token>, std::size_t> waiting_;  // (ready, token) -> bytes
  std::size_t waiting_bytes_ = 0;
  int in_flight_ = 0;
  int straight_failures_ = 0;
  MonoTime last_finished_{};
  MonoTime last_slot_{};  // given by ReserveSlot()
};

}  // namespace webhook
