#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <utility>

namespace webhook {

// Allocator for objects that come and go on one thread, one after the other: takes the memory of those that
// are gone. What it gave keeps the pool alive. One thread at a time; to be handed to std::allocate_shared.
template <typename T>
class Recycler {
 public:
  using value_type = T;

  Recycler() : pool_(std::make_shared<std::pmr::unsynchronized_pool_resource>()) {}
  template <typename U>
  Recycler(const Recycler<U>& other) : pool_(other.pool()) {}  // NOLINT: as allocators are rebound

  T* allocate(std::size_t count) { return static_cast<T*>(pool_->allocate(count * sizeof(T), alignof(T))); }
  void deallocate(T* memory, std::size_t count) { pool_->deallocate(memory, count * sizeof(T), alignof(T)); }

  const std::shared_ptr<std::pmr::unsynchronized_pool_resource>& pool() const { return pool_; }
  template <typename U>
  bool operator==(const Recycler<U>& other) const {
    return pool_ == other.pool();
  }

 private:
  std::shared_ptr<std::pmr::unsynchronized_pool_resource> pool_;
};

}  // namespace webhook
