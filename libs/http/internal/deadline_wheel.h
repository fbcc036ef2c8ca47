#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "core/time.h"

namespace webhook::http {

// Many deadlines of which few are ever reached: to arm one and to disarm it takes neither memory nor a
// search. What is due is found up to a tick late, never early. Pure; no lock.
class DeadlineWheel {
 public:
  static constexpr std::chrono::milliseconds kTick{10};

  // What has a deadline. It disarms itself before it goes.
  class Timed {
   public:
    Timed() = default;
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;
    virtual ~Timed() = default;
    virtual void OnDue(MonoTime now) = 0;
    bool armed() const { return next_ != this; }
    MonoTime due_at() const { return due_at_; }

   private:
    friend class DeadlineWheel;
    void Unlink() {
      previous_->next_ = next_;
      next_->previous_ = previous_;
      previous_ = next_ = this;
    }
    void LinkBefore(Timed& other) {
      previous_ = other.previous_;
      next_ = &other;
      previous_->next_ = this;
      other.previous_ = this;
    }

    Timed* previous_ = this;
    Timed* next_ = this;
    MonoTime due_at_{};
  };

  // It is told once, at `due_at` or soon after; instead of what it was armed for before.
  void Arm(Timed& timed, MonoTime due_at);
  void Disarm(Timed& timed);
  // Tells all that are due by now. Each may arm and disarm any in OnDue().
  void Advance(MonoTime now);
  bool empty() const { return armed_ == 0; }

 private:
  struct Slot final : Timed {
    void OnDue(MonoTime) override {}
  };
  static constexpr std::size_t kSlots = 1'024;
  static std::int64_t TickOf(MonoTime time) { return time.time_since_epoch() / kTick; }

  std::array<Slot, kSlots> slots_;
  std::int64_t last_tick_ = 0;  // all before it, and it, were looked at
  std::size_t armed_ = 0;
};

}  // namespace webhook::http
