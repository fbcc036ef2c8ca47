#pragma once

#include <absl/base/attributes.h>
#include <absl/container/inlined_vector.h>

#include <compare>
#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace webhook {

// A text that is short mostly, as ids, hosts and addresses are: up to 40 bytes lie in the object itself, so
// that to copy it allocates nothing.
class ShortText {
 public:
  ShortText() = default;
  explicit ShortText(std::string_view text) : text_(text.begin(), text.end()) {}

  // Valid as long as the text is, and is neither moved nor assigned to.
  std::string_view view() const ABSL_ATTRIBUTE_LIFETIME_BOUND { return {text_.data(), text_.size()}; }
  operator std::string_view() const { return view(); }  // NOLINT: it is one
  std::string str() const { return std::string(view()); }
  bool empty() const { return text_.empty(); }
  void clear() { text_.clear(); }

  friend bool operator==(const ShortText& a, const ShortText& b) { return a.view() == b.view(); }
  friend bool operator==(const ShortText& a, std::string_view b) { return a.view() == b; }
  friend std::strong_ordering operator<=>(const ShortText& a, const ShortText& b) {
    return a.view() <=> b.view();
  }
  friend std::ostream& operator<<(std::ostream& out, const ShortText& text) { return out << text.view(); }

 private:
  static constexpr std::size_t kInline = 40;

  absl::InlinedVector<char, kInline> text_;
};

}  // namespace webhook
