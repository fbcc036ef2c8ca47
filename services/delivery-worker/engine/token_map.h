#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/check.h"
#include "services/delivery-worker/engine/token.h"

namespace webhook {

// What a lane holds, by token, in the order of the tokens. They are given one after the other, and most of
// what is held is young: a place in an array is found without a search. What is held stays where it is until
// it is erased; the memory goes to those that come, in any map of the same thread. No lock.
template <typename T>
class TokenMap {
 public:
  // Holds a new one, by the token after the last.
  std::pair<Token, T&> Add() {
    Room room = TakeRoom();
    T& made = room->emplace();
    places_.push_back(std::move(room));
    ++size_;
    return {first_ + places_.size() - 1, made};
  }
  // REQUIRES: it is held.
  T& at(Token token) { return **places_[IndexOf(token)]; }
  const T& at(Token token) const { return **places_[IndexOf(token)]; }
  void erase(Token token) {
    Room room = std::move(places_[IndexOf(token)]);
    room->reset();
    if (Spare().size() < kSpare) Spare().push_back(std::move(room));
    --size_;
    while (!places_.empty() && !places_.front()) {
      places_.pop_front();
      ++first_;
    }
  }
  std::size_t size() const { return size_; }

  // fn(token, T) of each, in order, until it returns false. Nothing is added or erased meanwhile.
  template <typename Fn>
  void ForEach(Fn fn) const {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (places_[i] && !fn(first_ + i, **places_[i])) return;
    }
  }

 private:
  using Room = std::unique_ptr<std::optional<T>>;

  static constexpr std::size_t kSpare = 4'096;

  // Of what was erased, empty; all lanes of a thread share it.
  static std::vector<Room>& Spare() {
    thread_local std::vector<Room> spare;
    return spare;
  }
  static Room TakeRoom() {
    if (Spare().empty()) return std::make_unique<std::optional<T>>();
    Room room = std::move(Spare().back());
    Spare().pop_back();
    return room;
  }

  std::size_t IndexOf(Token token) const {
    const std::size_t index = token - first_;
    CHECK(index < places_.size() && places_[index], "a token names what is held");
    return index;
  }

  Token first_ = 1;
  std::deque<Room> places_;  // null: erased
  std::size_t size_ = 0;
};

}  // namespace webhook
