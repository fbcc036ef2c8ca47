#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <memory_resource>
#include <optional>

#include "core/time.h"
#include "services/delivery-worker/engine/rate_log.h"
#include "services/delivery-worker/engine/token.h"

namespace webhook {

// An endpoint is one webhook here, by its id: two webhooks with one URL are two. Words of this file:
//   pace    average time from the end of one of its requests to the end of the next, while others wait for
//           nothing but that; 0: not known yet.
//   dead    its last failures_until_probe requests failed, or more; faults of our own do not count. It ends
//           with the next success.
//   silent  requests are in flight, and for more than `patience` none has ended: counted from the last end,
//           or from when it came to have any in flight, whichever is later.
//   quick   requests are in flight, it is not silent, it has not failed since its last success, its rate
//           limit admits one more now, and pace * (number that wait) <= patience.
struct GateLimits {
  // Deliveries in the queue, and bytes of their bodies. Replays may have half of this and of what follows.
  std::size_t max_waiting = 256;
  std::size_t max_waiting_bytes = 1 << 20;
  // More may wait, of any number and up to max_line_bytes in all, where to park it would leave the endpoint
  // idle for a tier's pause. It must not be dead, and have had a success or no failure at all; and one of:
  // - it has had a success, and could be sent a request now;
  // - its pace is known, and pace * (number that wait + 1) <= max_line;
  // - its pace is not known, its rate limit admits a request now, some are in flight, and it is not silent:
  //   live deliveries that are ready.
  std::chrono::seconds max_line{5};
  std::size_t max_line_bytes = 16u << 20;
  std::chrono::milliseconds patience{1'000};  // see silent and quick
  std::chrono::seconds max_wait{20};          // what would start later is to be parked
  // Requests at once. A new endpoint, and one whose success ends its death, may have first_in_flight: as many
  // as failures_until_probe, enough to tell that it is dead. Each success allows one more, up to
  // max_in_flight.
  int first_in_flight = 5;
  int max_in_flight = 10;
  // Requests, in flight or ended, whose attempt is not recorded yet (appended to webhook.attempts and
  // acknowledged): a next owner must assume so many. Holds back only endpoints that have a rate limit.
  int max_unrecorded = 20;
  // After so many failures in a row it counts as dead: one request at a time, until one succeeds, and fewer
  // than max_waiting_for_probe wait when one more is let in; what comes beyond is to be parked.
  int failures_until_probe = 5;
  std::size_t max_waiting_for_probe = 8;
};

// What waits for one endpoint, and when the next of it may start: rate limit, concurrency and bounds of the
// queue. Live deliveries go before replays. Pure; no lock.
class EndpointGate {
 public:
  // `memory`: of what waits; outlives the gate.
  explicit EndpointGate(const GateLimits& limits,
                        std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : limits_(limits), waiting_(memory), may_be_in_flight_(limits.first_in_flight) {}

  // A delivery in the queue, as Offer() and PutBack() were told.
  struct Entry {
    bool replay = false;  // a redelivery; an event's own and a test are live
    MonoTime ready{};     // not to start before
    Token token = 0;

    auto operator<=>(const Entry&) const = default;
  };
  // For the first time; or from the wait tiers: it was parked, or is retried.
  enum class Coming { kNew, kBack };

  // Of a limit that is raised: who comes now does not wait as long as those who were parked under the old
  // one.
  void SetLimit(const RateLimit& limit, MonoTime now);
  RateLog& rate() { return rate_; }

  // Queues a delivery. False: no room, it is not ready within max_wait, or its turn comes later than max_wait
  // after that: park it, at ReserveSlot(). What is new goes behind those of its kind that are parked, while
  // somebody is here to take the next place. Replays have half of the room; where nothing can start, one
  // that can is let in, however large.
  [[nodiscard]] bool Offer(const Entry& entry, Coming coming, std::size_t bytes, MonoTime now);
  // Queues without asking for room: for what was taken out and could not be sent.
  void PutBack(const Entry& entry, std::size_t bytes);
  // Takes a delivery that waits here out of the queue. Gives the time to park it until: its turn in the
  // queue, kept; or a slot behind all that is parked, where it has waited for max_wait in vain or the
  // endpoint is dead.
  MonoTime Park(const Entry& entry, MonoTime::duration age, MonoTime now);
  // Takes the next delivery that may start now out of the queue. Started() must follow where its request is
  // made.
  std::optional<Token> TakeNext(MonoTime now);

  // A request starts: it may reach the endpoint at any moment.
  void Started(MonoTime now);
  // It has ended. `success`: with a 2xx; nullopt: it failed by a fault of our own, which says nothing of the
  // endpoint; `written`: something of it may have reached the endpoint all the same. Recorded() follows where
  // it is no fault of our own.
  void Finished(bool written, std::optional<bool> success, MonoTime now);
  // The attempt of a request that has ended is recorded.
  void Recorded() { --unrecorded_; }

  // A request of an earlier owner ended then. All such come before any of ours, and in the order of their
  // records in webhook.attempts: failures in a row are counted (RateLog::Inherit() alone takes any order).
  void Inherit(bool success, MonoTime ended);

  // When TakeNext() can next give something by the passing of time alone; nullopt: not before another call.
  std::optional<MonoTime> WakeAt(MonoTime now) const;
  // A time to come back at for a delivery that is to be parked, after all of its kind (for a replay: all)
  // that waits here and all of its kind that was parked before it: as far apart as the limit asks, and as
  // requests were seen to end while others waited. For a dead endpoint when it may be its turn to be tried,
  // but no later than one tier's pause from now: the longest that is not above half of the time for which it
  // has been dead, or else the shortest; and none that is shorter than its last request took. An owner that
  // has seen no success does not know for how long: for it that is at least `age`, of the delivery since it
  // was created. It takes nothing from the rate limit: that is taken when the request starts.
  MonoTime ReserveSlot(const Entry& entry, MonoTime::duration age, MonoTime now);
  // The endpoint is quick: what waits here waits for its requests in flight alone, and as far as was seen it
  // is served within `patience`.
  bool Quick(MonoTime now) const;
  // True where forgetting the gate forgets nothing of limits and slots, and no failure that is young.
  bool Idle(MonoTime now) const;

 private:
  // The times given to those who were parked, live ones or replays. They lie in the wait tiers, not in the
  // queue that max_line bounds.
  struct Line {
    MonoTime last_slot{};  // given by ReserveSlot()
    MonoTime last_turn{};  // kept by Park()
  };

  Line& LineOf(const Entry& entry) { return lines_[entry.replay ? 1 : 0]; }
  // For one more, of so many bytes.
  bool HasRoom(const Entry& entry, std::size_t bytes, MonoTime now) const;
  // Those in the queue who go before a new one.
  std::size_t Ahead(const Entry& entry) const { return entry.replay ? waiting_.size() : live_waiting_; }
  int Concurrency() const { return Probing() ? 1 : may_be_in_flight_; }
  // The endpoint is silent (see the top of the file).
  bool Silent(MonoTime now) const {
    return in_flight_ > 0 && now - std::max(busy_since_, last_finished_) > limits_.patience;
  }
  // The endpoint is dead.
  bool Probing() const { return straight_failures_ >= limits_.failures_until_probe; }
  void Withdraw(const Entry& entry);
  int Unrecorded(MonoTime now) const;
  void NotePace(MonoTime now);
  // Concurrency rises by one with each success; straight failures make the endpoint count as dead.
  void NoteResult(bool success, MonoTime now);
  bool MayStart(MonoTime now) const;
  // The entry to start next: the first of the live ones if it is ready, else that of the replays.
  std::optional<Entry> Head(MonoTime now) const;

  const GateLimits limits_;
  RateLog rate_;
  std::pmr::map<Entry, std::size_t> waiting_;  // -> bytes; live ones first
  std::size_t waiting_bytes_ = 0;
  std::size_t live_waiting_ = 0;
  int in_flight_ = 0;
  int may_be_in_flight_;  // while not probing
  int unrecorded_ = 0;    // started, and not recorded
  // Requests that failed by a fault of our own after something was written: they are never recorded, and
  // count as unrecorded until these times, when no window holds them any more.
  Times untold_{kManyTimes};
  // The pace: a moving average.
  std::chrono::microseconds served_every_{0};
  // When the last request ended, a delivery was ready that the rate limit admitted: the gap to the next end
  // counts for the pace. Nothing to do with Place::kCrowded.
  bool crowded_ = false;
  bool was_alive_ = false;  // there was a success, of ours or inherited
  int straight_failures_ = 0;
  MonoTime failing_since_{};  // of those
  MonoTime last_started_{};
  MonoTime busy_since_{};  // while any is in flight: since when
  MonoTime last_finished_{};
  MonoTime::duration last_took_{};  // the newest request, from the newest start
  MonoTime last_probe_{};           // the latest turn that ReserveSlot() gave while it was dead
  std::array<Line, 2> lines_{};
};

}  // namespace webhook
