#pragma once

#include <compare>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

namespace webhook {

// A text id that cannot be mistaken for another kind.
template <typename Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}

  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const Id&) const = default;

  friend std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.text_; }

 private:
  std::string text_;
};

}  // namespace webhook

template <typename Tag>
struct std::hash<webhook::Id<Tag>> {
  std::size_t operator()(const webhook::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.str());
  }
};
