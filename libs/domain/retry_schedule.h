#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace webhook {

using RetrySchedule = std::vector<std::chrono::seconds>;

// "platform" = the contract: 15, 60, 300, 900, 3600 s. "long" = up to 3 days. nullopt: no such preset.
std::optional<RetrySchedule> SchedulePreset(std::string_view name);
// Name of the preset that equals the schedule; empty: none.
std::string_view PresetName(const RetrySchedule& schedule);

// Bounds of a schedule of the customer's own.
inline constexpr std::size_t kMaxRetries = 20;
inline constexpr std::chrono::seconds kMinRetryPause{1};
inline constexpr std::chrono::seconds kMaxRetryPause{24 * 3600};

}  // namespace webhook
