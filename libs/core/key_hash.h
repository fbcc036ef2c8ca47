#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <type_traits>

namespace webhook {

// Of texts that are looked up by views too.
struct TextHash {
  using is_transparent = void;

  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// How unordered containers hash their keys, beside std::equal_to<>.
template <typename Key>
using KeyHash = std::conditional_t<std::is_convertible_v<Key, std::string_view>, TextHash, std::hash<Key>>;

}  // namespace webhook
