#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace webhook::load {

// Counts of times in microseconds, to 2 % of each; what is negative counts as 0. One thread.
class Histogram {
 public:
  void Add(std::int64_t us) {
    ++buckets_[BucketOf(us < 0 ? 0 : static_cast<std::uint64_t>(us))];
    ++count_;
    if (us > max_) max_ = us;
  }
  std::uint64_t count() const { return count_; }
  std::int64_t max() const { return max_; }

  // The time that a share `q` (0 to 1) of all are not above; 0 of none.
  std::int64_t Quantile(double q) const {
    if (count_ == 0) return 0;
    const auto wanted = static_cast<std::uint64_t>(q * static_cast<double>(count_ - 1)) + 1;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_[i];
      if (seen >= wanted) return i + 1 == buckets_.size() ? max_ : UpperEdge(i);
    }
    return max_;
  }

 private:
  static constexpr unsigned kBits = 6;  // 64 buckets for each doubling
  static constexpr std::uint64_t kPerDoubling = 1u << kBits;

  static std::size_t BucketOf(std::uint64_t us) {
    if (us < kPerDoubling) return us;
    const unsigned shift = static_cast<unsigned>(std::bit_width(us)) - kBits - 1;
    return (shift + 1) * kPerDoubling + ((us >> shift) - kPerDoubling);
  }
  static std::int64_t UpperEdge(std::size_t bucket) {
    if (bucket < kPerDoubling) return static_cast<std::int64_t>(bucket);
    const std::size_t shift = bucket / kPerDoubling - 1;
    return static_cast<std::int64_t>(((bucket % kPerDoubling + kPerDoubling + 1) << shift) - 1);
  }

  std::array<std::uint64_t, 40 * kPerDoubling> buckets_{};
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
};

}  // namespace webhook::load
