#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>

namespace webhook {

// How many of something are under way for each key, up to a ceiling. What is not under way takes no memory.
// Pure; no lock.
template <typename Key>
class Places {
 public:
  explicit Places(std::size_t most) : most_(most) {}

  // False: the key has no place free.
  [[nodiscard]] bool Enter(const Key& key) {
    if (Free(key) == 0) return false;
    ++busy_[key];
    return true;
  }
  std::size_t Free(const Key& key) const {
    const auto found = busy_.find(key);
    return most_ - (found == busy_.end() ? 0 : found->second);
  }
  // REQUIRES: Enter() gave a place for the key that was not given back.
  void Leave(const Key& key) {
    const auto found = busy_.find(key);
    if (--found->second == 0) busy_.erase(found);
  }

 private:
  std::size_t most_;
  absl::flat_hash_map<Key, std::size_t, std::hash<Key>> busy_;
};

}  // namespace webhook
