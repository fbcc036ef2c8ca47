#include "services/registry/api/operations/failed_logins.h"

namespace webhook {
namespace {

constexpr std::size_t kMaxAddresses = 10'000;  // then those that failed least recently are looked at for room

}  // namespace

std::optional<std::chrono::seconds> FailedLogins::Wait(const std::string& address, MonoTime now) {
  const auto found = failures_.find(address);
  if (found == failures_.end()) return std::nullopt;
  std::deque<MonoTime>& times = found->second;
  while (!times.empty() && times.front() + kWindow <= now) times.pop_front();
  if (times.size() >= kMost) return std::chrono::ceil<std::chrono::seconds>(times.front() + kWindow - now);
  if (times.empty()) failures_.erase(found);
  return std::nullopt;
}

void FailedLogins::Note(const std::string& address, MonoTime now) {
  if (failures_.size() >= kMaxAddresses) {
    std::erase_if(failures_, [&](const auto& entry) { return entry.second.back() + kWindow <= now; });
    // So many at once are no guesser whom one address gives away.
    if (failures_.size() >= kMaxAddresses) failures_.clear();
  }
  std::deque<MonoTime>& times = failures_[address];
  times.push_back(now);
  if (times.size() > kMost) times.pop_front();
}

}  // namespace webhook
