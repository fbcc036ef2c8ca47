#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "core/time.h"
#include "domain/ids.h"
#include "services/delivery-worker/engine/offset_window.h"

namespace webhook {

// The head of one partition of a wait tier, in one assignment epoch: records are released in append order,
// each at its append time plus the tier's pause; so a partition's memory is bounded however many records wait
// in it. Pure; no lock.
class PumpQueue {
 public:
  struct Waiting {
    std::int64_t offset = 0;
    WallTime release{};
    WallTime due{};  // of the delivery itself; a later one hops to another tier
    WebhookId webhook;
    DeliveryId delivery;
    std::string value;  // the record, passed on as it is
  };

  // False: it was read before, and is to be ignored.
  bool Add(Waiting waiting);
  // A record that cannot be decoded: holds back the commit until OnMoved(offset).
  void AddPoison(std::int64_t offset) { window_.Add(offset); }
  // Takes the head if its time has come. OnMoved(offset) must follow once it lies elsewhere.
  std::optional<Waiting> TakeDue(WallTime now);
  // Its copy elsewhere is acknowledged.
  void OnMoved(std::int64_t offset) { window_.MarkDone(offset); }

  // Release time of the head; nullopt: nothing waits here.
  std::optional<WallTime> next_release() const;
  std::int64_t committable() const { return window_.committable(); }
  std::size_t size() const { return waiting_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  OffsetWindow window_;
  std::deque<Waiting> waiting_;
  std::size_t bytes_ = 0;
};

}  // namespace webhook
