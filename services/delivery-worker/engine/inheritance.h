#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/encoding.h"
#include "core/time.h"
#include "domain/attempt_record.h"
#include "domain/ids.h"
#include "services/delivery-worker/engine/checkpoint.h"
#include "services/delivery-worker/engine/endpoint_gate.h"

namespace webhook {

// What the attempts of a partition tell its new owner of those before it: read from the earlier of
// Checkpoint::attempts_offset and kTailAge ago, to the end; of many, the newest.
struct AttemptsTail {
  struct Entry {
    std::int64_t delivery_offset = 0;  // complete, with all of its effects
    Bytes16 attempt{};                 // its fingerprint
    WebhookId webhook;
    std::optional<WallTime> ended_at;  // of its request; nullopt: there was none
    bool delivered = false;            // by that request
    std::optional<Bytes16> ended_run;  // fingerprint of the run that needs no attempt after that request
  };
  // Adds what a record tells to an owner whose window begins at the offset `window_begin`. A record without a
  // request, before the window, tells it nothing.
  void Add(const AttemptRecord& record, std::int64_t window_begin);

  std::vector<Entry> entries;
  std::int64_t end = -1;  // offset after the last
  // False: it could not be read, or not as far back as the rate windows reach.
  bool complete = false;
};

// The clocks of two workers differ by no more (ADR 0008).
inline constexpr std::chrono::seconds kClockSkew{5};

// Older than this a record of the attempts need not be read for the rate windows: its time is its producer's,
// whose clock may be behind ours.
inline constexpr std::chrono::milliseconds kTailAge = kLongestRateWindow + kClockSkew;

// What a new owner knows of the requests of owners before it: its rate windows begin with them, and an
// endpoint that failed often enough within kTailAge is dead at once; one that hung was tried too seldom for
// that, and is found dead anew. What they have sent and is in no record is bounded: a gate lets no more
// than GateLimits::max_unrecorded requests be so, for each of Checkpoint::unsettled. Pure; no lock.
class InheritedRequests {
 public:
  // `skew`: the earlier owners' clocks may be so far behind ours.
  InheritedRequests(const AttemptsTail& tail, const std::vector<Unsettled>& unsettled, int max_unrecorded,
                    std::chrono::seconds skew, Now taken_over);

  // Gives a new gate, whose limit is set, what earlier owners have sent to its endpoint.
  void Give(const WebhookId& webhook, EndpointGate* gate) const;
  // No window reaches back to the takeover any more.
  bool Over(MonoTime now) const { return now > taken_over_ + kLongestRateWindow; }

 private:
  const MonoTime taken_over_;
  const bool complete_;
  std::vector<std::pair<MonoTime, int>> assumed_;  // requests to each endpoint that are in no record
  struct Request {
    MonoTime ended;
    bool delivered;
  };
  std::unordered_map<WebhookId, std::vector<Request>> requests_;
};

}  // namespace webhook
