#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/attempt_record.h"
#include "domain/delivery.h"
#include "domain/webhook.h"
#include "services/delivery-worker/engine/checkpoint.h"
#include "services/delivery-worker/engine/endpoint_gate.h"
#include "tests/sim/sim_group.h"
#include "tests/sim/sim_log.h"
#include "tests/sim/virtual_clock.h"

namespace webhook::sim {

// An endpoint that failed so often is probed by one request at a time.
inline constexpr int kProbing = GateLimits{}.failures_until_probe;

inline bool IsOver(DeliveryState state) {
  return state != DeliveryState::kPending && state != DeliveryState::kWaiting;
}

struct Failure {
  std::string invariant;
  std::string text;
  Time at{0};
};

struct CheckerOptions {
  bool verbose = false;
  // No fault, no worker that comes or goes, no flood: due times are kept to a second.
  bool idle = false;
  bool clean = false;      // no fault; workers may come and go
  bool ambiguous = false;  // a record may be in the log twice
  int max_parks = 12;      // of an attempt, by one owner
  double time_scale = 1;   // of the schedule's pauses
  Time skew{0};            // of the workers' clocks: retries may come so much too early
  bool zombies = false;    // what an owner that was replaced appends may come at any time
};

struct Counts {
  std::int64_t requests = 0;
  std::int64_t duplicates = 0;
  std::int64_t strays = 0;  // of those
  std::int64_t deliveries = 0;
  std::int64_t parked = 0;
  std::int64_t commits = 0;
  std::int64_t kills = 0;
  std::int64_t handovers = 0;
  std::int64_t faults = 0;
  int most_parks = 0;

  void Add(const Counts& other);
};

// Watches a run from outside: what was published, what the endpoints got, what is in the log and what is
// committed. It knows nothing of how the engine works.
//   I1   an acknowledged event reaches every webhook that was there before, or ends with a reason
//   I2   no request without a published event of the same account and a subscribed webhook
//   I3   one delivery id for each event and webhook
//   I4   no attempt is sent twice, but what an owner that ended had in flight or unrecorded
//   I5   no attempt is sent before its pause after the one before
//   I6   no more attempts than the schedule has
//   I7   nothing is sent after a success was recorded, nor by an owner that has read of the delivery's end
//   I8   no window at an endpoint holds more requests than its limits
//   I10  nothing is committed, or recorded as waiting, before its effects are in the log
//   I13  no event meets an older webhook than at its publishing
//   I14  a delivery's state, as a reader of the attempts sees it, only moves forward
//   I21  a fault of our own uses up no attempt
//   lateness, pace, liveness: retries are on time, a flooded endpoint gets what its limit allows, all ends
class Checker {
 public:
  using Lane = int;  // one assignment epoch of one partition
  Checker(VirtualClock& clock, SimLog& log, const CheckerOptions& options);

  void OnWebhook(const Webhook& webhook);
  void OnWebhookGone(const WebhookId& id) { gone_.insert(id); }
  // A publish begins, the first or a repeat.
  void OnPublish(const std::shared_ptr<const Event>& event);
  void OnPublished(const EventId& event);

  // A new owner reads the attempts: what one that is replaced has under way it cannot see, then or later.
  void OnTailRead(int partition);
  // A lane begins. `blind`: it could not read the attempts.
  void OnTakenOver(Lane lane, int partition, bool blind);
  // A lane starts a request; its attempt is in the log, or it made none; the lane ends with its request open.
  void OnOpened(Lane lane, const Delivery& delivery);
  void OnClosed(Lane lane, const DeliveryId& id, int run);
  // Its process ended, or had to give up its partition, at a moment at which nobody can say how far the
  // delivery was: it may be repeated.
  void Excuse(const DeliveryId& id, int run);

  void OnWritten(Lane lane, const Delivery& delivery, const Webhook& webhook);
  void OnReceived(const WebhookId& webhook);
  void OnEnded(Lane lane, const Delivery& delivery, const Webhook& webhook, const HttpResult& result);
  // A lane hands this record to its producer; a lane learns that it is in the log.
  void OnRecording(Lane lane, const AttemptRecord& record);
  void OnRecorded(Lane lane, const AttemptRecord& record);
  // A commit that the lane sent then is acknowledged.
  void OnCommitted(Lane lane, Time sent);

  void OnCommit(const SimGroup::Commit& commit);

  // Every delivery is over.
  bool AllOver() const { return unfinished_ == 0; }
  // Tells of those that are not.
  std::string Unfinished() const;
  void Finish();
  // An endpoint that was flooded with more than its limit, and answers at once. `count`: of its requests,
  // from `from` on, for which more wait.
  void ExpectPace(const WebhookId& webhook, Time from, int count) { paced_[webhook] = {from, count}; }

  // Prints what happens, of a run that somebody reads.
  bool verbose() const { return options_.verbose; }
  void Note(const std::string& text) const;
  void Fail(const std::string& invariant, const std::string& text);
  const std::optional<Failure>& failure() const { return failure_; }
  Counts& counts() { return counts_; }

 private:
  static constexpr std::size_t kAttempts = 24;
  struct Attempt {
    int writes = 0;
    std::optional<Time> ended;     // first
    std::optional<Time> recorded;  // last
    std::optional<Time> due;       // as recorded by the one before
    Time pause{0};                 // after it
    bool answered = false;         // with a success
    std::set<Lane> own_fault;      // lanes that it failed in by a fault of their own
    int retry_copies = 0;          // in the log
    int park_copies = 0;
    int park_records = 0;
    int idle_parks = 0;                                 // while its endpoint did not fail
    std::vector<std::pair<int, std::int64_t>> offsets;  // in webhook.deliveries
  };
  struct Told {
    DeliveryId id;
    std::shared_ptr<const Event> event;
    WebhookId webhook;
    int run = 0;
    int partition = -1;  // of webhook.deliveries
    bool in_log = false;
    bool success = false;          // recorded, and its owner knows
    std::optional<Time> ended_at;  // an attempt's record that ends it is in the log
    int ended_attempt = 0;         // which
    bool excused = false;
    std::map<Lane, int> open;
    int writes = 0;
    int parks = 0;
    int attempt = 0;  // with state: what a reader of the attempts sees
    DeliveryState state = DeliveryState::kPending;
    std::vector<Attempt> attempts = std::vector<Attempt>(1);

    Attempt& at(int number) {
      if (attempts.size() <= static_cast<std::size_t>(number))
        attempts.resize(static_cast<std::size_t>(number) + 1);
      return attempts[static_cast<std::size_t>(number)];
    }
  };
  struct Published {
    std::shared_ptr<const Event> event;
    // Those that were committed when the first publish began, and their revisions then.
    std::map<WebhookId, std::int64_t> matched;
    bool acknowledged = false;
    std::vector<std::int64_t> offsets;  // in its partition of webhook.events
  };
  struct Endpoint {
    Webhook webhook;
    std::deque<Time> received;
    std::vector<Time> all;  // of one with a pace to be kept
    int in_flight = 0;
    Time full_until{-1};  // all its places were taken, or it was probed
    int straight_failures = 0;
  };
  struct Covered {
    // Webhook.deliveries: its attempt is in the log; wait tiers: moved on.
    std::vector<bool> recorded;
    std::vector<bool> verified;  // its effects are in the log
    std::int64_t low = 0;        // all before are verified
  };

  void OnAppended(Place place, std::int64_t offset);
  void OnAttempt(const AttemptRecord& record);
  int MaxParks(int partition) const;
  Told& Of(const DeliveryId& id, int run);
  bool MayRepeat(const Told& told, Lane lane) const;
  // The lane has read that a lower attempt has ended it.
  bool KnowsItsEnd(const Told& told, int attempt, Lane lane) const;
  // A duplicate of an attempt that was made so long ago that no new owner can know of it.
  bool IsStray(Told& told, int attempt, Lane lane);
  bool EffectsAreInTheLog(Place place, std::int64_t offset, const Checkpoint& checkpoint, bool* for_good);
  void CheckLateness(Told& told, int number, const Endpoint& endpoint);
  void CheckPace(const WebhookId& id);
  std::string Name(const Told& told, int attempt) const;

  VirtualClock& clock_;
  const SimLog& log_;
  const CheckerOptions options_;
  std::optional<Failure> failure_;
  Counts counts_;
  std::unordered_map<std::string, std::unique_ptr<Told>> told_;
  std::unordered_map<std::string, Published> published_;
  std::map<WebhookId, Endpoint> endpoints_;
  std::set<WebhookId> gone_;
  std::map<WebhookId, std::pair<Time, int>> paced_;
  std::map<Place, Covered> covered_;
  std::map<Lane, std::pair<Time, bool>> taken_over_;
  std::map<Lane, std::deque<std::pair<Time, Told*>>> uncommitted_;  // recorded, and no commit tells of it
  std::map<int, int> owners_;                        // of each partition of the deliveries, so far
  std::set<Told*> open_;                             // with a request that is not recorded
  std::unordered_map<std::string, DeliveryId> ids_;  // event|webhook -> delivery
  int unfinished_ = 0;
};

}  // namespace webhook::sim
