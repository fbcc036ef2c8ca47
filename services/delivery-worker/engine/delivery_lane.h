#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/recent_set.h"
#include "core/time.h"
#include "domain/attempt_record.h"
#include "domain/delivery.h"
#include "services/delivery-worker/engine/endpoint_gate.h"
#include "services/delivery-worker/engine/offset_window.h"
#include "services/delivery-worker/engine/ports.h"
#include "services/delivery-worker/engine/stages.h"

namespace webhook {

struct LaneLimits {
  GateLimits gate;
  double time_scale =
      1;  // the schedule's pauses are multiplied by it, for development; the same in every worker
  std::chrono::seconds max_age{3 * 24 * 3600};  // of a delivery, below every topic's retention
  std::chrono::seconds max_config_wait{
      10};  // for our copy of the webhooks to reach a delivery's revision; then it is parked
  std::size_t max_window = 4'096;  // records from the oldest incomplete to the newest; then the intake pauses
  std::chrono::milliseconds own_fault_pause{1'000};  // before the same attempt once more
  std::chrono::seconds max_own_fault_time{15};       // then it is parked, so that nobody waits behind it
  std::size_t remembered = 16'384;                   // executed attempts, to drop copies
};

// Delivers one partition of webhook.deliveries:
//   OnDelivery -> Judge -> gate -> Send -> OnResponse -> Decide -> AppendWait -> AppendAttempt -> mark done.
// Rule: effects first, completion mark last; so a crash repeats, and never loses. A failed append is repeated
// for ever: nothing is dropped while the broker is away. Nothing waits here for long, whatever its endpoint
// does: what is older than gate.max_wait, or has half a window of newer records behind it, is parked. Thread:
// its loop's only, no lock. Lifetime: one assignment epoch of the partition.
class DeliveryLane {
 public:
  struct Ports {
    HttpPort& http;
    JournalPort& journal;
    ReportPort& report;
    DeactivatePort& deactivate;
    const WebhookDirectory& webhooks;
  };
  DeliveryLane(std::int32_t partition, const LaneLimits& limits, Ports ports);

  void OnDelivery(Delivery delivery, std::int64_t offset, Now now);
  // A record that cannot be decoded: holds back the commit until its reader has appended it to
  // webhook.poison.
  void OnPoison(std::int64_t offset);
  void OnPoisonAppended(std::int64_t offset);
  void OnResponse(Token token, const HttpResult& result, Now now);
  void OnAppended(Token token, bool ok, Now now);
  // Time has passed: starts what may start now, repeats what failed to be appended.
  void OnTick(Now now);

  // Starts no more requests, and appends what waits to the partition anew for the next owner: then all that
  // is over can be committed, and only what is in flight when a drain is cut short is sent twice. Idempotent.
  void BeginDrain();
  // The partition has another owner already: starts no more requests, and leaves what waits to it.
  void Abandon() { draining_ = true; }
  // Nothing is in flight and nothing is to be appended.
  bool idle() const { return busy_ == 0 && failed_appends_.empty(); }

  std::int64_t committable() const { return window_.committable(); }
  // Records from the oldest incomplete to the newest; the source of back-pressure.
  std::size_t window() const { return window_.size(); }
  // Deliveries that are not over.
  std::size_t held() const { return items_.size(); }
  // Bytes of the event bodies that are held.
  std::size_t held_bytes() const { return held_bytes_; }

 private:
  struct Item {
    Delivery delivery;
    std::int64_t offset = 0;
    MonoTime arrived{};
    std::optional<MonoTime> queued;            // waits in its gate, not to start before; nullopt: elsewhere
    std::optional<MonoTime> own_faults_since;  // of this attempt
    std::shared_ptr<const Webhook> webhook;    // as sent to
    AttemptRecord record;
    const char* wait_topic = nullptr;  // set: the delivery is to be appended there before the record
    bool appending_wait = false;
    bool handed_over = false;  // to the next owner, without an attempt record
  };
  using Items = std::map<Token, Item>;  // in the order of their offsets

  // The webhook as it is now, and whether the delivery may be sent to it.
  std::pair<std::shared_ptr<const Webhook>, Verdict> JudgeNow(const Delivery& delivery, Now now) const;
  void Admit(Token token, Now now);
  void Enqueue(Token token, const Webhook& webhook, Now now);
  void StartReady(const WebhookId& id, Now now);
  void Start(Token token, EndpointGate& gate, Now now);
  // The same attempt once more after a fault of our own.
  void Again(Token token, EndpointGate& gate, const HttpResult& result, Now now);
  void ParkWhatWaitsTooLong(Now now);
  void Park(Token token, WallTime due, const std::string& reason, Now now);
  void EndWithoutRequest(Token token, const End& end);
  void HandOver(Token token);
  void Conclude(Token token);
  void Append(Token token);
  void Complete(Token token);
  void WatchGate(const WebhookId& id, const EndpointGate& gate, Now now);

  const std::int32_t partition_;
  const LaneLimits limits_;
  Ports ports_;
  OffsetWindow window_;
  RecentSet executed_;
  Items items_;
  std::unordered_map<WebhookId, EndpointGate> gates_;
  std::set<std::pair<MonoTime, WebhookId>> wakes_;  // when to look at a gate again
  std::vector<Token> held_for_config_;
  std::vector<Token> failed_appends_;
  MonoTime next_append_retry_{};
  MonoTime next_parking_{};
  MonoTime next_sweep_{};
  Token last_token_ = 0;
  std::size_t busy_ = 0;  // in flight or being appended, poison included
  std::int64_t newest_offset_ = 0;
  std::size_t held_bytes_ = 0;
  bool draining_ = false;
};

}  // namespace webhook
