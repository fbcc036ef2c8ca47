#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "tests/sim/virtual_clock.h"

namespace webhook::sim {

// What a process of the worker can do at this moment. Shared with all that is on its way to it: to the dead
// nothing comes, and what comes to one that was stopped waits until it goes on.
class Life : public std::enable_shared_from_this<Life> {
 public:
  // `skew`: how far its machine's clock is ahead.
  explicit Life(VirtualClock& clock, Time skew = Time{0}) : clock_(clock), skew_(skew) {}

  Now now() const {
    const Now now = clock_.now();
    return {now.mono, now.wall + skew_};
  }

  bool alive() const { return alive_; }
  bool stopped() const { return stopped_; }
  // The way to the brokers is cut; what is endless is not.
  bool cut() const { return clock_.time() < cut_until_; }
  Time cut_until() const { return cut_until_; }
  // Whatever it sends fails on its own side.
  bool broken() const { return clock_.time() < broken_until_; }

  void Kill() { alive_ = false; }
  void Stop() { stopped_ = true; }
  void Cut(Time until) { cut_until_ = until; }
  void Break(Time until) { broken_until_ = until; }
  void GoOn() {
    stopped_ = false;
    for (auto& what : std::exchange(waiting_, {})) At(clock_.time(), std::move(what));
  }

  void Run(std::function<void()> what) {
    if (!alive_) return;
    if (!stopped_) return what();
    waiting_.push_back(std::move(what));
  }
  void At(Time when, std::function<void()> what) {
    clock_.At(when,
              [self = shared_from_this(), what = std::move(what)]() mutable { self->Run(std::move(what)); });
  }
  void After(Time length, std::function<void()> what) { At(clock_.time() + length, std::move(what)); }

 private:
  VirtualClock& clock_;
  const Time skew_;
  bool alive_ = true;
  bool stopped_ = false;
  Time cut_until_{0};
  Time broken_until_{0};
  std::vector<std::function<void()>> waiting_;
};

}  // namespace webhook::sim
