#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

namespace webhook::http {

// How many requests are under way to each address: many names may lead to one machine. The loop's only.
class AddressPlaces {
 public:
  explicit AddressPlaces(std::size_t most) : most_(most) {}

  [[nodiscard]] bool Enter(const std::string& address) {
    std::size_t& busy = busy_[address];
    if (busy >= most_) return false;
    ++busy;
    return true;
  }
  void Leave(const std::string& address) {
    const auto found = busy_.find(address);
    if (--found->second == 0) busy_.erase(found);
  }

 private:
  const std::size_t most_;
  std::unordered_map<std::string, std::size_t> busy_;
};

}  // namespace webhook::http
