#pragma once

#include <chrono>
#include <cstdint>
#include <map>

#include "core/time.h"
#include "domain/ids.h"

namespace webhook {

// How many events a second each account may publish by this process: on average over kWindow, so that a burst
// passes. Pure; no lock. An account costs an entry for as long as the process lives.
class EventBudget {
 public:
  static constexpr std::chrono::seconds kWindow{10};

  // `most`: events a second of one account; 0: no limit.
  explicit EventBudget(std::int64_t most) : most_(most) {}

  // False: the account has used it up.
  bool Take(const AccountId& account, MonoTime now);

 private:
  struct Left {
    double events = 0;
    MonoTime at{};
  };
  const std::int64_t most_;
  std::map<AccountId, Left> left_;
};

}  // namespace webhook
