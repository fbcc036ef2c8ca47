#pragma once

#include <mutex>
#include <utility>

namespace webhook {

// Data that can be reached only through its lock: `auto state = state_.Lock(); state->x = 1;`.
template <typename T>
class Guarded {
 public:
  template <typename... Args>
  explicit Guarded(Args&&... args) : value_(std::forward<Args>(args)...) {}
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  class Access {
   public:
    T* operator->() { return value_; }
    T& operator*() { return *value_; }
    // For condition variables.
    std::unique_lock<std::mutex>& lock() { return lock_; }

   private:
    friend class Guarded;
    Access(std::mutex& mutex, T* value) : lock_(mutex), value_(value) {}
    std::unique_lock<std::mutex> lock_;
    T* value_;
  };

  Access Lock() { return Access(mutex_, &value_); }
  Access Lock() const { return Access(mutex_, const_cast<T*>(&value_)); }

 private:
  mutable std::mutex mutex_;
  T value_;
};

}  // namespace webhook
