#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "core/time.h"
#include "domain/ids.h"
#include "services/delivery-worker/engine/lane.h"
#include "services/delivery-worker/engine/pump_queue.h"

namespace webhook {

class MovePort {
 public:
  virtual ~MovePort() = default;
  // Appends the record to the topic: to its webhook's partition of the deliveries, or to a wait tier. Exactly
  // one OnAppended(token) follows.
  virtual void Move(Token token, const char* topic, const Waiting& waiting) = 0;
};

struct PumpLimits {
  double time_scale = 1;  // the tiers' pauses are multiplied by it; the same in every worker
  std::size_t max_records =
      200;  // held of one partition; then its ConsumerRole pauses it; and moves under way
  std::size_t max_bytes = 1u << 20;
};

// Releases one partition of a wait tier: OnWaiting -> its time has come -> Move -> done. A record that is due
// later hops to another tier.
class PumpLane : public Lane {
 public:
  PumpLane(const Checkpoint& from, const PumpLimits& limits, MovePort& port, const LeasePort& lease)
      : Lane(from), limits_(limits), port_(port), lease_(lease) {}

  void OnWaiting(Waiting waiting);
  // Release time of the head; nullopt: nothing waits here.
  std::optional<WallTime> next_release() const { return queue_.next_release(); }

  std::size_t held() const override { return queue_.size() + moving_.size(); }
  std::size_t held_bytes() const override { return queue_.bytes() + moving_bytes_; }

 private:
  struct Moving {
    const char* topic;
    Waiting waiting;
  };

  void DoAppend(Token token) override;
  void OnAcknowledged(Token token, std::int64_t offset, Now now) override;
  void Advance(Now now) override;
  void Drain(Now) override {}  // what waits stays where it is

  const PumpLimits limits_;
  MovePort& port_;
  const LeasePort& lease_;
  PumpQueue queue_;
  std::map<Token, Moving> moving_;  // appended, not acknowledged
  std::size_t moving_bytes_ = 0;
};

}  // namespace webhook
