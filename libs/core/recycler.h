#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <utility>

namespace webhook {

// Allocator for objects that come and go on one thread, one after the other: takes the memory of those that
// are gone. Its copies share a pool, which lives as long as the last of them; std::allocate_shared keeps one
// in each object, until the last weak pointer to that goes, on the same thread too. Never moved out of.
template <typename T>
class Recycler {
 public:
  using value_type = T;

  Recycler() : pool_(std::make_shared<std::pmr::unsynchronized_pool_resource>()) {}
  Recycler(const Recycler&) = default;
  Recycler& operator=(const Recycler&) = default;
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
