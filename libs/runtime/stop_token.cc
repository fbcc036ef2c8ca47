#include "runtime/stop_token.h"

namespace webhook::runtime {

void StopToken::RequestStop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopped.store(true, std::memory_order_release);
  }
  state_->wake.notify_all();
}

bool StopToken::WaitFor(std::chrono::milliseconds time) const {
  std::unique_lock lock(state_->mutex);
  return state_->wake.wait_for(lock, time,
                               [this] { return state_->stopped.load(std::memory_order_acquire); });
}

}  // namespace webhook::runtime
