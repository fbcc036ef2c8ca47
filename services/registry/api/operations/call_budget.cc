#include "services/registry/api/operations/call_budget.h"

#include <algorithm>

namespace webhook {

CallBudget::Answer CallBudget::Take(const std::string& account, MonoTime now) {
  if (most_ == 0) return {};
  if (now >= window_ + kWindow) {
    window_ = now - now.time_since_epoch() % kWindow;
    used_.clear();
  }
  Answer answer;
  answer.most = most_;
  answer.reset = std::chrono::ceil<std::chrono::seconds>(window_ + kWindow - now);
  std::int64_t& used = used_[account];
  answer.allowed = used < most_;
  if (answer.allowed) ++used;
  answer.remaining = most_ - used;
  return answer;
}

}  // namespace webhook
