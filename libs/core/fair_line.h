#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory_resource>
#include <unordered_map>
#include <utility>

namespace webhook {

// A line in which parties take turns: within a party it is first come, first served, and a party with many in
// the line keeps another waiting for no more than one of its own at a time. Pure; no lock.
template <typename Party, typename T>
class FairLine {
 public:
  // `memory`: of what waits; outlives the line.
  explicit FairLine(std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : turns_(memory), waiting_(memory) {}

  void Push(const Party& party, T value) {
    std::pmr::list<T>& own = waiting_[party];
    if (own.empty()) turns_.push_back(party);
    own.push_back(std::move(value));
  }
  // REQUIRES: !empty().
  T Pop() {
    const Party party = std::move(turns_.front());
    turns_.pop_front();
    const auto found = waiting_.find(party);
    T first = std::move(found->second.front());
    found->second.pop_front();
    if (found->second.empty()) {
      waiting_.erase(found);
    } else {
      turns_.push_back(party);
    }
    return first;
  }
  bool empty() const { return turns_.empty(); }

 private:
  std::pmr::deque<Party> turns_;                               // each that waits, once
  std::pmr::unordered_map<Party, std::pmr::list<T>> waiting_;  // most have few: an empty list takes no memory
};

}  // namespace webhook
