#pragma once

#include <functional>
#include <vector>

namespace webhook::sim {

// Numbers the effects of a run and ends the worker's process at chosen ones: right before the effect, so that
// it does not happen, or right after it.
class CrashPoint {
 public:
  struct Kill {
    int effect = 0;  // from 1 on
    bool before = false;
  };
  CrashPoint(std::vector<Kill> kills, std::function<void()> kill)
      : kills_(std::move(kills)), kill_(std::move(kill)) {}

  // One effect is about to happen. False: it must not.
  bool Happens() {
    ++count_;
    if (next_ >= kills_.size() || kills_[next_].effect != count_ || !kills_[next_].before) return true;
    ++next_;
    kill_();
    return false;
  }
  // It has happened.
  void Happened() {
    if (next_ >= kills_.size() || kills_[next_].effect != count_ || kills_[next_].before) return;
    ++next_;
    kill_();
  }
  int count() const { return count_; }

 private:
  const std::vector<Kill> kills_;
  const std::function<void()> kill_;
  std::size_t next_ = 0;
  int count_ = 0;
};

}  // namespace webhook::sim
