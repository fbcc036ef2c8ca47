#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace webhook::load {

struct Answer {
  int status = 0;
  bool close = false;  // the connection is not kept
};

// The answer, where it is there whole. As little as HTTP/1.1 lets one get away with: status, Content-Length
// and Connection of a server among friends.
std::optional<Answer> ReadAnswer(std::string_view read);

}  // namespace webhook::load
