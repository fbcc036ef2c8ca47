#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "core/recent_set.h"
#include "core/time.h"
#include "domain/attempt_record.h"
#include "domain/delivery.h"
#include "domain/event.h"
#include "services/delivery-worker/engine/fanout_pace.h"
#include "services/delivery-worker/engine/guards.h"
#include "services/delivery-worker/engine/lane.h"
#include "services/delivery-worker/engine/ports.h"
#include "services/delivery-worker/engine/token_map.h"

namespace webhook {

struct FanoutLimits {
  // Held of one partition. The lane does not refuse more: who feeds it pauses there.
  std::size_t max_records = 2'000;
  std::size_t max_bytes = 8u << 20;
  // Deliveries being appended, and the bytes of their bodies; one is always let through. The rest of an
  // event's, and the next event, wait.
  std::size_t max_appends = 4'096;
  std::size_t max_append_bytes = 2u << 20;
  std::size_t remembered = 16'384;  // events of one partition, to drop repeats of a publish
  PaceLimits pace;
  std::int32_t delivery_partitions = 1;  // of webhook.deliveries
  double time_scale = 1;                 // as DeliveryLimits::time_scale
  Guards guards;
};

// Fans out one partition of webhook.events:
//   OnEvent -> barrier -> FanOut -> of each delivery: AppendDelivery, or, where its endpoint is flooded,
//   AppendWait
//   -> AppendAttempt (parked) -> done,
// in their order. The barrier lets a webhook that was created before an event was published match it: the
// local copy of the webhooks has reached what the registry had committed after the event was read. Nothing
// begins outside of the lease.
class FanoutLane : public Lane {
 public:
  struct Ports {
    DeliveriesPort& deliveries;
    JournalPort& journal;  // of deliveries that are parked: to wait tiers, and their records
    ReportPort& parkings;  // of the same: their states
    BarrierPort& barrier;
    FanoutReportPort& report;  // of events
    const WebhookDirectory& webhooks;
    const LeasePort& lease;
  };
  FanoutLane(const Checkpoint& from, const FanoutLimits& limits, const Ports& ports);

  void OnEvent(std::shared_ptr<const Event> event, std::int64_t offset, Now now);
  void OnBarrier(Now now);

  std::size_t held() const override { return waiting_.size() + asked_.size() + ready_.size() + open_.size(); }
  std::size_t held_bytes() const override { return held_bytes_; }

 private:
  struct Entry {
    std::shared_ptr<const Event> event;
    std::int64_t offset = 0;
  };
  struct Open {
    std::size_t unacknowledged = 0;
    std::size_t bytes = 0;
  };

  void DoAppend(Token token) override;
  void OnAcknowledged(Token token, std::int64_t offset, Now now) override;
  void Advance(Now now) override;
  void Drain(Now now) override;

  // A delivery that is being appended, or is to be.
  struct Matched {
    std::int64_t offset = 0;  // of its event
    Delivery delivery;
    const char* wait_topic = nullptr;  // set: it is parked, and to be appended there before its record
    std::optional<AttemptRecord> parking;
  };

  void FanOutReady(Now now);
  void AppendMatched();
  void FanOutEntry(const Entry& entry, Now now);
  // Parks the delivery where its endpoint's limit will not let it through soon.
  void PaceOut(Matched* matched, const Webhook& webhook, Now now);
  void Finish(std::int64_t offset, std::size_t bytes);

  const FanoutLimits limits_;
  Ports ports_;
  RecentSet seen_;
  FanoutPace pace_;
  MonoTime next_sweep_{};
  std::vector<Entry> waiting_;                    // read after the barrier that is under way was asked for
  std::vector<Entry> asked_;                      // behind that barrier
  std::deque<Entry> ready_;                       // behind a barrier that was reached
  absl::flat_hash_map<std::int64_t, Open> open_;  // by offset
  TokenMap<Matched> deliveries_;  // from first_matched_ on they are still to be appended, in this order
  Token first_matched_ = 1;
  std::size_t appends_ = 0;  // of them, under way
  std::size_t append_bytes_ = 0;
  Token last_token_ = 0;
  std::size_t held_bytes_ = 0;
};

}  // namespace webhook
