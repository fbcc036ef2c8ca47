#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <functional>

#include "core/key_hash.h"

namespace webhook {

// How many of something are under way for each key, up to a ceiling. What is not under way takes no memory.
// Keys that are texts are looked up by views. Pure; no lock.
template <typename Key, typename Hash = KeyHash<Key>>
class Places {
 public:
  explicit Places(std::size_t most) : most_(most) {}

  // False: the key has no place free.
  template <typename Name>
  [[nodiscard]] bool Enter(const Name& key) {
    const auto found = busy_.find(key);
    if (found == busy_.end()) return most_ > 0 && busy_.emplace(key, 1).second;
    if (found->second >= most_) return false;
    ++found->second;
    return true;
  }
  template <typename Name>
  std::size_t Free(const Name& key) const {
    const auto found = busy_.find(key);
    return most_ - (found == busy_.end() ? 0 : found->second);
  }
  // REQUIRES: Enter() gave a place for the key that was not given back.
  template <typename Name>
  void Leave(const Name& key) {
    const auto found = busy_.find(key);
    if (--found->second == 0) busy_.erase(found);
  }

 private:
  std::size_t most_;
  absl::flat_hash_map<Key, std::size_t, Hash, std::equal_to<>> busy_;
};

}  // namespace webhook
