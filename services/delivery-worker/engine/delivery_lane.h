#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/time.h"
#include "domain/attempt_record.h"
#include "domain/delivery.h"
#include "services/delivery-worker/engine/account_bytes.h"
#include "services/delivery-worker/engine/duplicates.h"
#include "services/delivery-worker/engine/egress_watch.h"
#include "services/delivery-worker/engine/endpoint_gate.h"
#include "services/delivery-worker/engine/guards.h"
#include "services/delivery-worker/engine/inheritance.h"
#include "services/delivery-worker/engine/lane.h"
#include "services/delivery-worker/engine/ports.h"
#include "services/delivery-worker/engine/stages.h"
#include "services/delivery-worker/engine/token_map.h"

namespace webhook {

// About what a delivery that is held takes beside its body and what its endpoint answers.
inline constexpr std::size_t kItemBytes = 2'048;

struct DeliveryLimits {
  GateLimits gate;
  // The pauses of schedule and tiers are multiplied by it, for development; the same in every worker. Slots
  // of what is parked are not.
  double time_scale = 1;
  std::chrono::seconds max_age{3 * 24 * 3600};  // of a delivery, below every topic's retention
  // From a delivery's arrival, for our copy of the webhooks to reach its revision; then the copy is taken as
  // it is where it says that the delivery is sent, else the delivery is parked.
  std::chrono::seconds max_config_wait{10};
  std::size_t max_span =
      20'000;  // offsets in the window; then the intake pauses. Below kMaxWindow by one fetch
  // Before the same attempt once more; none where a kept connection was closed.
  std::chrono::milliseconds own_fault_pause{1'000};
  std::chrono::seconds max_own_fault_time{15};  // then it is parked, so that nobody waits behind it
  std::size_t remembered = 16'384;              // see Duplicates
  Guards guards;
};

// Delivers one partition of webhook.deliveries:
//   OnDelivery -> Judge -> gate -> Send -> OnResponse -> Decide -> AppendWait -> AppendAttempt
//   -> done.
// Nothing is sent outside of the lease. Nothing waits here for long, whatever its endpoint does: what has
// been due for gate.max_wait, or has 3/8 of a window of newer offsets behind it (a quarter, where it has just
// been read by a new owner) and waits for its endpoint, is parked, unless our own way out is broken. Where
// the loop itself is what is slow, little is taken in (unstarted()).
class DeliveryLane : public Lane {
 public:
  struct Ports {
    HttpPort& http;
    JournalPort& journal;
    ReportPort& report;
    DeactivatePort& deactivate;
    const WebhookDirectory& webhooks;
    const LeasePort& lease;
    AdmissionPort& admission;
    // Shared with the loop's other lanes; null: an endpoint that cannot be reached is always at fault itself.
    EgressWatch* egress = nullptr;
    // Shared likewise; null: no account holds too much.
    AccountBytes* account_bytes = nullptr;
  };
  DeliveryLane(std::int32_t partition, const Checkpoint& from, const DeliveryLimits& limits,
               const Ports& ports);

  // What the partition's attempts tell of its earlier owners. Once, before the first delivery.
  void OnInherited(const AttemptsTail& tail, Now now);
  // A record was read. One that the attempts tell to be complete is done at once, and so is a duplicate of
  // what is over; a duplicate of what is held is done with that.
  void OnDelivery(Delivery delivery, std::int64_t offset, Now now);
  void OnResponse(Token token, HttpResult result, Now now);
  // A place in flight that was refused for the webhook may be free.
  void OnPlace(const WebhookId& webhook, Now now);

  std::size_t held() const override { return items_.size(); }
  std::size_t held_bytes() const override { return held_bytes_; }
  // Held, under way or not, of webhooks at Place::kInLine, which wait for this loop. What is held of one at
  // kCrowded is not counted: it waits for places of its own account or host.
  std::size_t unstarted() const override { return unstarted_; }

 private:
  // What the lane knows of a webhook, by its id: two webhooks with one URL are two endpoints. Kept while
  // something of it is held, and as long as its gate has to remember.
  struct Endpoint {
    WebhookId id;
    std::shared_ptr<const Webhook> webhook;     // null: not known
    std::optional<std::uint64_t> looked_up_at;  // WebhookDirectory::changes() then
    std::optional<EndpointGate> gate;           // since the first delivery that was to be sent
    std::size_t items = 0;                      // held for it
    // kTaken: it may ask for places in flight. kInLine, kCrowded: it was refused one and stands in a line of
    // the admission, for any place or for one of its account or host, until OnPlace() comes.
    Place place = Place::kTaken;
  };
  struct Item {
    Delivery delivery;
    Endpoint* endpoint = nullptr;
    DeliveryPrints prints;  // of the record as it was read
    std::int64_t offset = 0;
    std::vector<std::int64_t> duplicates;  // offsets of those that came meanwhile
    std::size_t bytes = 0;                 // that it holds
    MonoTime arrived{};
    std::optional<EndpointGate::Entry> queued;  // waits in its gate; nullopt: elsewhere
    std::optional<MonoTime> own_faults_since;   // of this attempt
    std::shared_ptr<const Webhook> webhook;     // as sent to
    bool parked = false;
    bool unrecorded = false;  // its gate is to be told of the attempt's record
    AttemptRecord record;
    const char* wait_topic = nullptr;  // set: the delivery is to be appended there, before the record
    bool record_due = true;  // false: appended already, or handed over to the next owner without one
  };
  using Items = TokenMap<Item>;  // in the order of their offsets

  void DoAppend(Token token) override;
  void OnAcknowledged(Token token, std::int64_t offset, Now now) override;
  void Advance(Now now) override;
  void Drain(Now now) override;
  void OnAbandoned() override;
  bool Settles() const override { return settles_; }

  Endpoint& EndpointOf(const WebhookId& id);
  // Whether the delivery may be sent to its webhook as that is now: its endpoint knows it then.
  Verdict JudgeNow(const Item& item, Now now) const;
  // REQUIRES: the webhook is known.
  EndpointGate& GateOf(Endpoint& endpoint, MonoTime now);
  void JudgeAndQueue(Token token, Now now);
  void Enqueue(Token token, Now now);
  void StartReady(Endpoint& endpoint, Now now);
  // False: no place in flight is free; the delivery waits again, for OnPlace().
  bool Start(Token token, Now now);
  // The endpoint's place, and unstarted() with it.
  void NotePlace(Endpoint& endpoint, Place place);
  // When the endpoint is to be looked at again, if by time alone.
  void NoteWake(Endpoint& endpoint, MonoTime now);
  // The same attempt once more after a fault of our own.
  void Again(Token token, const HttpResult& result, Now now);
  // Classify(), and the egress watch learns of it: it may say that the fault is our own.
  Outcome NoteAndClassify(const Item& item, const HttpResult& result, Now now);
  // The item's record becomes that of its request; what is to be retried is to be appended to a wait tier.
  void NoteEnd(Item& item, const Finish& finish);
  void NoteRetry(Item& item, const RetryAt& retry, Now now);
  // The broker has confirmed that the partition is ours. Else nothing is sent, and nothing is parked either:
  // another owner may be at it, and would send what comes back to it once more.
  bool Owns(Now now) const { return !limits_.guards.lease || now.mono < ports_.lease.lease(); }
  // Nothing is sent at all, by a fault of our own.
  bool Paused() const { return ports_.egress != nullptr && ports_.egress->paused(); }
  // So many eighths of a window lie behind it, of newer offsets: were it sent now, and its endpoint hung, the
  // window might fill before its answer.
  bool HoldsUp(const Item& item, std::size_t eighths) const;
  void ParkWhatWaitsTooLong(Now now);
  // Appends the delivery to a wait tier, its attempt unchanged, to come back when it is due: not before it
  // was due already, and not sooner than the shortest tier lets it.
  void Park(Token token, WallTime due, const std::string& reason, Now now);
  void EndWithoutRequest(Token token, const End& end);
  // Appends it to its own partition again, for the next owner.
  void HandOver(Token token);
  // The item's record is that of its delivery, without what happened.
  void BeginRecord(Item& item) const;
  void ReportAndAppend(Token token);
  bool WaitIsNext(const Item& item) const;
  // All of its effects are acknowledged, or it needs none.
  void Complete(Token token, Now now);
  void AddBytes(Item* item, std::size_t bytes);
  void ReleaseBytes(const Item& item);
  // The attempts before this offset are known; -1: no more than before, but less may be left to be read.
  void NoteAttempts(std::int64_t end);
  // Nothing of the item's request is left to be recorded.
  void NoteRecorded(Item& item, Now now);

  const std::int32_t partition_;
  const DeliveryLimits limits_;
  Ports ports_;
  bool inherited_known_ = false;
  std::optional<InheritedRequests> inherited_;  // until no window reaches back to it
  // Offsets of the window that the attempts tell to be complete, with the attempt that they tell of: the
  // record must be that one, for the deliveries may have been made anew since.
  std::unordered_map<std::int64_t, Bytes16> completed_before_;
  std::int64_t attempts_end_ = -1;  // attempts_offset_, once nothing is left of completed_before_
  Duplicates duplicates_;
  Items items_;
  std::pmr::unsynchronized_pool_resource gates_memory_;
  std::unordered_map<WebhookId, Endpoint> endpoints_;
  std::set<std::pair<MonoTime, Endpoint*>> wakes_;  // when to look at a gate again
  std::vector<Token> held_for_config_;
  std::int64_t judged_at_ = 0;  // revision of the webhooks at which they were last judged
  MonoTime next_config_look_{};
  MonoTime next_parking_{};
  MonoTime next_sweep_{};
  std::int64_t newest_offset_;  // that was read, or that an earlier owner has completed
  std::size_t held_bytes_ = 0;
  std::size_t unstarted_ = 0;
  MonoTime last_untold_ = MonoTime::min();  // end of a request that may have been read, and is in no record
  bool settles_ = false;
};

}  // namespace webhook
