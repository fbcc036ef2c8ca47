#pragma once

#include <atomic>
#include <optional>

#include "core/time.h"

namespace webhook::kafka {

// Which acknowledged commits prove that their consumer was a member of its group: those made since it has
// held partitions, and has not lost them. A broker also takes commits of strangers, for a group without
// members. Begin() and End() from the polling thread, the others from any.
class Membership {
 public:
  // The consumer holds partitions from now on.
  void Begin(MonoTime now) { since_.store(now, std::memory_order_release); }
  // It holds none any more.
  void End() { since_.store(MonoTime::max(), std::memory_order_release); }

  // A commit of then was acknowledged. `lost`: the client had lost its partitions, read after the
  // acknowledgement; what it had lost before and has given up by then is seen by End().
  void Acknowledge(MonoTime sent, bool lost) {
    if (lost || sent <= since_.load(std::memory_order_acquire)) return;
    MonoTime known = confirmed_.load(std::memory_order_relaxed);
    while (known < sent && !confirmed_.compare_exchange_weak(known, sent, std::memory_order_relaxed)) {
    }
  }
  std::optional<MonoTime> confirmed() const {
    const MonoTime known = confirmed_.load(std::memory_order_relaxed);
    return known == MonoTime::min() ? std::nullopt : std::optional(known);
  }

 private:
  std::atomic<MonoTime> since_{MonoTime::max()};
  std::atomic<MonoTime> confirmed_{MonoTime::min()};
};

}  // namespace webhook::kafka
