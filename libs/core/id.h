#pragma once

#include <absl/base/attributes.h>

#include <compare>
#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

#include "core/short_text.h"

namespace webhook {

// A text id that cannot be mistaken for another kind.
template <typename Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string_view text) : text_(text) {}

  // Valid as long as the id is, and is neither moved nor assigned to.
  std::string_view view() const ABSL_ATTRIBUTE_LIFETIME_BOUND { return text_.view(); }
  std::string str() const { return text_.str(); }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const Id&) const = default;

  friend std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.text_; }

 private:
  ShortText text_;
};

}  // namespace webhook

template <typename Tag>
struct std::hash<webhook::Id<Tag>> {
  std::size_t operator()(const webhook::Id<Tag>& id) const noexcept {
    return std::hash<std::string_view>{}(id.view());
  }
};
