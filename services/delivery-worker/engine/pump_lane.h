#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/time.h"
#include "domain/delivery.h"
#include "services/delivery-worker/engine/lane.h"
#include "services/delivery-worker/engine/pump_queue.h"

namespace webhook {

struct PumpLimits {
  double time_scale = 1;  // the tiers' pauses are multiplied by it; the same in every worker
  std::chrono::seconds max_age{3 * 24 * 3600};  // of a delivery: then it goes to its lane, which ends it
  // Held of one partition: who feeds the lane pauses there. Also the most moves under way.
  std::size_t max_records = 200;
  std::size_t max_bytes = 1u << 20;
};

// Releases one partition of a wait tier: OnWaiting -> its time has come -> Move -> done. A record that is due
// later hops to another tier.
class PumpLane : public Lane {
 public:
  // `topic`: the wait tier.
  PumpLane(std::string_view topic, const Checkpoint& from, const PumpLimits& limits, MovePort& port,
           const LeasePort& lease);

  // A record was read, which the broker appended then. `value`: the record, to be passed on as it is. It
  // waits for no longer than the tier's pause from now: a broker whose clock ran ahead holds nobody up.
  void OnWaiting(const Delivery& delivery, std::int64_t offset, WallTime appended, std::string value,
                 Now now);
  // Release time of the head; nullopt: nothing waits here.
  std::optional<MonoTime> next_release() const { return queue_.next_release(); }

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
  const std::chrono::microseconds delay_;  // of the tier
  MovePort& port_;
  const LeasePort& lease_;
  PumpQueue queue_;
  std::map<Token, Moving> moving_;  // appended, not acknowledged
  std::size_t moving_bytes_ = 0;
};

}  // namespace webhook
