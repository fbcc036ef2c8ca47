#include "services/event-ingest/publish/event_budget.h"

#include <algorithm>

namespace webhook {

bool EventBudget::Take(const AccountId& account, MonoTime now) {
  if (most_ == 0) return true;
  const auto rate = static_cast<double>(most_);
  const double full = rate * static_cast<double>(kWindow.count());
  const auto [found, fresh] = left_.try_emplace(account, Left{full, now});
  Left& left = found->second;
  const double passed = std::max(0.0, std::chrono::duration<double>(now - left.at).count());
  // Calls do not come in the order in which they began: time that was counted is not counted again.
  left = {std::min(full, left.events + passed * rate), std::max(left.at, now)};
  if (left.events < 1) return false;
  --left.events;
  return true;
}

}  // namespace webhook
