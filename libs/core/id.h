#pragma once

#include <absl/container/inlined_vector.h>

#include <compare>
#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace webhook {

// A text id that cannot be mistaken for another kind. Ids of ours and UUIDs lie in the object itself: to copy
// one allocates nothing.
template <typename Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string_view text) : text_(text.begin(), text.end()) {}

  // Valid as long as the id is, and is neither moved nor assigned to.
  std::string_view view() const { return {text_.data(), text_.size()}; }
  std::string str() const { return std::string(view()); }
  bool empty() const { return text_.empty(); }

  friend bool operator==(const Id& a, const Id& b) { return a.view() == b.view(); }
  friend std::strong_ordering operator<=>(const Id& a, const Id& b) { return a.view() <=> b.view(); }
  friend std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.view(); }

 private:
  static constexpr std::size_t kInline = 40;

  absl::InlinedVector<char, kInline> text_;
};

}  // namespace webhook

template <typename Tag>
struct std::hash<webhook::Id<Tag>> {
  std::size_t operator()(const webhook::Id<Tag>& id) const noexcept {
    return std::hash<std::string_view>{}(id.view());
  }
};
