#include "http/internal/deadline_wheel.h"

#include <algorithm>

namespace webhook::http {

void DeadlineWheel::Arm(Timed& timed, MonoTime due_at) {
  Disarm(timed);
  timed.due_at_ = due_at;
  const std::int64_t tick = std::max(TickOf(due_at), last_tick_) + 1;
  timed.LinkBefore(slots_[static_cast<std::size_t>(tick) % kSlots]);
  ++armed_;
}

void DeadlineWheel::Disarm(Timed& timed) {
  if (!timed.armed()) return;
  timed.Unlink();
  --armed_;
}

void DeadlineWheel::Advance(MonoTime now) {
  const std::int64_t now_tick = TickOf(now);
  const std::int64_t first = std::max(last_tick_ + 1, now_tick - static_cast<std::int64_t>(kSlots) + 1);
  last_tick_ = std::max(last_tick_, now_tick);
  Slot due;
  for (std::int64_t tick = first; tick <= now_tick; ++tick) {
    Slot& slot = slots_[static_cast<std::size_t>(tick) % kSlots];
    for (Timed* timed = slot.next_; timed != &slot;) {
      Timed* next = timed->next_;
      // Else it is a later round's.
      if (timed->due_at_ <= now) {
        timed->Unlink();
        timed->LinkBefore(due);
      }
      timed = next;
    }
  }
  while (due.armed()) {
    Timed* timed = due.next_;
    Disarm(*timed);
    timed->OnDue(now);
  }
}

}  // namespace webhook::http
