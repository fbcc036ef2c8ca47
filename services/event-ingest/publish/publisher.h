#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/recent_set.h"
#include "core/result.h"
#include "core/time.h"
#include "domain/event.h"

namespace webhook {

// Where accepted events go.
class EventLogPort {
 public:
  virtual ~EventLogPort() = default;
  // Appends to webhook.events. Not accepted: kLimited where too many wait for the broker, kTooLarge, or
  // kUnavailable (no such topic, or another refusal); `done` is never called. Accepted: `done` is called
  // exactly once, on the log's own thread, maybe before this returns: Ok; kTooLarge where the broker refuses
  // the size; kUnavailable where no acknowledgement came, also because the log goes (then the event may or
  // may not be in it).
  virtual Status Append(const Event& event, std::function<void(Status)> done) = 0;
  // False where no broker answers.
  virtual bool connected() const = 0;
};

// Publishes events and answers when the broker has acknowledged them, or at the caller's deadline. Bounded:
// more than the limits are refused at once (kLimited). All methods from any thread.
class Publisher {
 public:
  struct Limits {
    std::size_t max_events = 10'000;
    std::size_t max_bytes = 64u << 20;
    std::size_t remembered = 262'144;  // acknowledged events whose repeats are answered from memory
  };
  Publisher(EventLogPort& log, const Limits& limits);

  struct Answer {
    // kUnavailable: unknown whether it is published; repeat with the same id. kLimited, kTooLarge: it is not.
    Status status = Ok();
    bool duplicate = false;
  };
  using Done = std::function<void(const Answer&)>;

  // `done` is called exactly once: here (a repeat, or refused), on the log's thread, or on that of Expire(),
  // by the first one after the deadline at the latest.
  void Publish(const Event& event, MonoTime deadline, Done done);
  // Answers kUnavailable to all whose deadline has passed. To be called every few milliseconds.
  void Expire(MonoTime now);

  std::size_t in_flight() const;
  // How full it is, by that limit which is nearer: 1 is the limit.
  double used() const;

 private:
  using Key = std::pair<MonoTime, std::uint64_t>;  // deadline, number

  void OnAppended(const Key& key, const Bytes16& fingerprint, std::size_t bytes, const Status& status);

  EventLogPort& log_;
  const Limits limits_;
  mutable std::mutex mutex_;
  std::map<Key, Done> waiting_;  // calls that wait for their acknowledgement
  RecentSet acknowledged_;
  std::uint64_t last_number_ = 0;
  std::size_t events_ = 0;  // with the event log, expired ones too: what bounds memory
  std::size_t bytes_ = 0;
};

// What became of the event, in the words of webhook_ingest_events_total.
const char* ResultOf(const Publisher::Answer& answer);

}  // namespace webhook
