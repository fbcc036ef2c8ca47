#pragma once

#include <string>
#include <utility>

namespace webhook {

// A value that must not be printed: no operator<<, no formatter, cleared when it goes.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) = default;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&&) = default;
  ~Secret() { Clear(); }

  // The value itself; name it only where it is used.
  const std::string& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  void Clear() {
    volatile char* byte = value_.data();
    for (std::size_t i = 0; i < value_.size(); ++i) byte[i] = 0;
  }
  std::string value_;
};

}  // namespace webhook
