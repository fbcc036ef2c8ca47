#pragma once

#include <chrono>
#include <cstdint>

namespace webhook::sim {

using Time = std::chrono::microseconds;  // since a run began, and lengths of time

// The chance of one run: the same seed gives the same run on every machine (the standard's distributions do
// not).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15U + 0x1234567U) {}

  std::uint64_t Next() {  // splitmix64
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  // Both ends are possible.
  std::int64_t Between(std::int64_t low, std::int64_t high) {
    if (high <= low) return low;
    return low + static_cast<std::int64_t>(Next() % static_cast<std::uint64_t>(high - low + 1));
  }
  int Int(int low, int high) { return static_cast<int>(Between(low, high)); }
  Time Span(Time low, Time high) { return Time{Between(low.count(), high.count())}; }
  bool Permille(int chance) { return Between(0, 999) < chance; }
  bool Percent(int chance) { return Between(0, 99) < chance; }

 private:
  std::uint64_t state_;
};

}  // namespace webhook::sim
