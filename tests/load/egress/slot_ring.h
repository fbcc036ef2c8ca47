#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace webhook::load {

// The slots of a scenario that have no request under way; they take turns, the longest free one first, for
// each sender alike. One thread.
class SlotRing {
 public:
  explicit SlotRing(std::size_t slots) : free_(slots), count_(slots) {
    std::iota(free_.begin(), free_.end(), 0u);
  }

  // REQUIRES: one is free.
  std::uint32_t Take() {
    const std::uint32_t slot = free_[first_];
    first_ = first_ + 1 == free_.size() ? 0 : first_ + 1;
    --count_;
    return slot;
  }
  void Give(std::uint32_t slot) {
    const std::size_t end = first_ + count_;
    free_[end >= free_.size() ? end - free_.size() : end] = slot;
    ++count_;
  }

 private:
  std::vector<std::uint32_t> free_;
  std::size_t first_ = 0;
  std::size_t count_;
};

}  // namespace webhook::load
