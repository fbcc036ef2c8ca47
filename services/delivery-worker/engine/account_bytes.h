#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>

#include "domain/ids.h"

namespace webhook {

// The bytes that the lanes of a loop hold, by account: what one account has waiting or in
// flight must not fill the memory that all share, for then nothing is read any more. Pure; no lock.
class AccountBytes {
 public:
  // `most`: of one account; what comes beyond is to be parked.
  explicit AccountBytes(std::size_t most) : most_(most) {}

  void Add(const AccountId& account, std::size_t bytes) {
    if (bytes > 0) held_[account] += bytes;
  }
  // REQUIRES: they were added.
  void Remove(const AccountId& account, std::size_t bytes) {
    const auto found = held_.find(account);
    if ((found->second -= bytes) == 0) held_.erase(found);
  }
  bool Full(const AccountId& account) const {
    const auto found = held_.find(account);
    return found != held_.end() && found->second > most_;
  }

 private:
  const std::size_t most_;
  absl::flat_hash_map<AccountId, std::size_t, std::hash<AccountId>> held_;
};

}  // namespace webhook
