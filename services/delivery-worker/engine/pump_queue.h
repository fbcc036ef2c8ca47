#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "core/time.h"
#include "domain/ids.h"

namespace webhook {

// A record of a wait tier.
struct Waiting {
  std::int64_t offset = 0;
  MonoTime release{};  // the tier lets it go then
  WallTime due{};      // of the delivery itself; a later one hops to another tier
  WebhookId webhook;
  DeliveryId delivery;
  std::string value;  // the record, passed on as it is
};

// The head of one partition of a wait tier: records are released in append order, each at its append time
// plus the tier's pause; so a partition's memory is bounded however many records wait in it. Pure; no lock.
class PumpQueue {
 public:
  void Add(Waiting waiting);
  // Takes the head if its time has come.
  std::optional<Waiting> TakeDue(MonoTime now);

  // Release time of the head; nullopt: nothing waits here.
  std::optional<MonoTime> next_release() const;
  std::size_t size() const { return waiting_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  std::deque<Waiting> waiting_;
  std::size_t bytes_ = 0;
};

}  // namespace webhook
