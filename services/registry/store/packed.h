#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace webhook::store {

// How the log keeps what is long and much alike: bodies and heads of requests. Packed bytes begin with a zero
// byte, which JSON and heads never do, and a number of the dictionary; other bytes are as they were written,
// as those of before are. Postgres itself packs only rows of more than 2 KB.

// What bytes are packed by; with less than this they are left alone.
enum class Dictionary : char { kBody = 1, kHead = 2 };
inline constexpr std::size_t kLeastPacked = 64;

// Keeps what packing needs from one call to the next. One thread.
class Packer {
 public:
  Packer();
  ~Packer();
  // Valid until the next call. The bytes themselves where packing gains nothing.
  std::string_view Pack(Dictionary dictionary, std::string_view bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Throws std::runtime_error where packed bytes are broken, or of a later version. From any thread.
std::string Unpack(std::string_view bytes);

}  // namespace webhook::store
