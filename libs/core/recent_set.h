#pragma once

#include <absl/container/flat_hash_set.h>

#include <cstddef>
#include <cstring>
#include <deque>

#include "core/encoding.h"

namespace webhook {

// Of fingerprints, which are hashes already, in unordered containers.
struct HashOfHash {
  std::size_t operator()(const Bytes16& bytes) const {
    std::size_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
};

// The last `capacity` fingerprints that were inserted: drops duplicates of what was done before. Pure; no
// lock.
class RecentSet {
 public:
  explicit RecentSet(std::size_t capacity) : capacity_(capacity) {}

  bool Contains(const Bytes16& fingerprint) const { return known_.contains(fingerprint); }

  // False where it is known already.
  bool Insert(const Bytes16& fingerprint) {
    if (!known_.insert(fingerprint).second) return false;
    order_.push_back(fingerprint);
    if (order_.size() > capacity_) {
      known_.erase(order_.front());
      order_.pop_front();
    }
    return true;
  }

 private:
  std::size_t capacity_;
  absl::flat_hash_set<Bytes16, HashOfHash> known_;
  std::deque<Bytes16> order_;
};

}  // namespace webhook
