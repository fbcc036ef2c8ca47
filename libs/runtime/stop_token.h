#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace webhook::runtime {

// Asks loops to end. Copies share the same state. All methods from any thread.
class StopToken {
 public:
  StopToken() : state_(std::make_shared<State>()) {}

  void RequestStop();
  bool stopped() const { return state_->stopped.load(std::memory_order_acquire); }
  // Sleeps at most this long; returns true at once when stopped.
  bool WaitFor(std::chrono::milliseconds time) const;

 private:
  struct State {
    std::atomic<bool> stopped{false};
    std::mutex mutex;
    std::condition_variable wake;
  };
  std::shared_ptr<State> state_;
};

}  // namespace webhook::runtime
