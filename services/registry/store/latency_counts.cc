#include "services/registry/store/latency_counts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace webhook::store {
namespace {

constexpr double kGrowth = 1.3;
constexpr std::size_t kClasses = 40;

std::size_t ClassOf(std::chrono::microseconds latency) {
  const double ms = static_cast<double>(latency.count()) / 1000.0;
  if (ms <= 1) return 0;
  const double steps = std::ceil(std::log(ms) / std::log(kGrowth));
  return std::min(static_cast<std::size_t>(steps), kClasses - 1);
}

}  // namespace

void LatencyCounts::Add(std::chrono::microseconds latency) {
  const std::size_t at = ClassOf(latency);
  if (classes_.size() <= at) classes_.resize(at + 1);
  ++classes_[at];
}

void LatencyCounts::Add(const LatencyCounts& other) {
  if (classes_.size() < other.classes_.size()) classes_.resize(other.classes_.size());
  for (std::size_t i = 0; i < other.classes_.size(); ++i) classes_[i] += other.classes_[i];
}

std::optional<std::chrono::microseconds> LatencyCounts::Quantile(double part) const {
  const std::int64_t all = std::accumulate(classes_.begin(), classes_.end(), std::int64_t{0});
  if (all == 0) return std::nullopt;
  const auto wanted =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(part * static_cast<double>(all))));
  std::size_t at = 0;
  for (std::int64_t seen = classes_[0]; seen < wanted; seen += classes_[at]) ++at;
  // The middle of the class, as ratios go.
  const double ms = std::pow(kGrowth, static_cast<double>(at) - 0.5);
  return std::chrono::microseconds(static_cast<std::int64_t>(ms * 1000));
}

}  // namespace webhook::store
