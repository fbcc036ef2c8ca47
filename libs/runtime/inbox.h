#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace webhook::runtime {

// What other threads leave for one thread, which takes all of it at once. Not bounded: its users bound what
// they put. TakeAll() from that thread, the others from any.
template <typename T>
class Inbox {
 public:
  // After Close() the value is destroyed at once.
  void Put(T value) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      waiting_.push_back(std::move(value));
    }
    changed_.notify_one();
  }
  // Waits until there is something, or the inbox is closed. nullopt: closed, whatever waits still.
  std::optional<std::vector<T>> TakeAll() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    if (closed_) return std::nullopt;
    return std::exchange(waiting_, {});
  }
  // Ends TakeAll(), now and later. What waits is never taken, and destroyed with the inbox. Idempotent.
  void Close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_one();
  }
  bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> waiting_;
  bool closed_ = false;
};

}  // namespace webhook::runtime
