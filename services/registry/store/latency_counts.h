#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace webhook::store {

// How many requests took how long, in 40 classes: the first ends at 1 ms, each next one 1.3 times later, the
// last has no end. A class that no request fell into may be missing at the end.
class LatencyCounts {
 public:
  LatencyCounts() = default;
  explicit LatencyCounts(std::vector<std::int64_t> classes) : classes_(std::move(classes)) {}

  void Add(std::chrono::microseconds latency);
  void Add(const LatencyCounts& other);
  // The time within which this part of the requests (0 to 1) ended, at most 14 % off; nullopt: there was
  // none.
  std::optional<std::chrono::microseconds> Quantile(double part) const;
  const std::vector<std::int64_t>& classes() const { return classes_; }

 private:
  std::vector<std::int64_t> classes_;
};

}  // namespace webhook::store
