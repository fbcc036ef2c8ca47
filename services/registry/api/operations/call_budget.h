#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "core/time.h"

namespace webhook {

// How many calls each account may make of this process: so many in each window of 60 s. Pure; no lock.
class CallBudget {
 public:
  static constexpr std::chrono::seconds kWindow{60};

  // `most`: calls of one account in one window; 0: no limit.
  explicit CallBudget(std::int64_t most) : most_(most) {}

  struct Answer {
    bool allowed = true;
    std::int64_t most = 0;  // 0: no limit
    std::int64_t remaining = 0;
    std::chrono::seconds reset{0};  // until the next window
  };
  Answer Take(const std::string& account, MonoTime now);

 private:
  const std::int64_t most_;
  MonoTime window_{};  // begin of the present one
  std::map<std::string, std::int64_t> used_;
};

}  // namespace webhook
