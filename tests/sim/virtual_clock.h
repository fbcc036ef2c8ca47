#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/time.h"
#include "tests/sim/random.h"

namespace webhook::sim {

// Virtual time: what is to happen, in its order. What is due at the same time happens in the order in which
// it was asked for.
class VirtualClock {
 public:
  Time time() const { return time_; }
  Now now() const { return {Mono(time_), Wall(time_)}; }

  void At(Time when, std::function<void()> what) {
    heap_.push_back({std::max(when, time_), ++last_, std::move(what)});
    std::push_heap(heap_.begin(), heap_.end(), Later);
  }
  void After(Time length, std::function<void()> what) { At(time_ + length, std::move(what)); }

  // Lets the next thing happen. False: there is none.
  bool Step() {
    if (heap_.empty()) return false;
    std::pop_heap(heap_.begin(), heap_.end(), Later);
    Entry entry = std::move(heap_.back());
    heap_.pop_back();
    time_ = entry.when;
    entry.what();
    return true;
  }

  // A start that is far from zero: intervals reach back before it.
  static MonoTime Mono(Time time) { return MonoTime{std::chrono::hours{1'000} + time}; }
  static WallTime Wall(Time time) { return WallTime{std::chrono::hours{480'000} + time}; }
  static Time FromMono(MonoTime time) { return time - Mono(Time{0}); }
  static Time FromWall(WallTime time) { return time - Wall(Time{0}); }

 private:
  struct Entry {
    Time when;
    std::uint64_t number;
    std::function<void()> what;
  };
  static bool Later(const Entry& a, const Entry& b) {
    return a.when != b.when ? a.when > b.when : a.number > b.number;
  }

  Time time_{0};
  std::uint64_t last_ = 0;
  std::vector<Entry> heap_;
};

}  // namespace webhook::sim
