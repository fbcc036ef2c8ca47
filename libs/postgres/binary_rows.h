#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace webhook::postgres {

// Rows as COPY ... (FORMAT binary) takes them: nothing is escaped here and nothing parsed there. Each value
// is of exactly its column's type. Text that is not UTF-8 or has a zero byte is refused by the server. Bytes
// go to `write` in pieces of about 64 KiB. One thread.
class BinaryRows {
 public:
  using Write = std::function<void(std::string_view bytes)>;
  BinaryRows(std::size_t columns, Write write);

  // Begins a row: as many values as there are columns follow.
  BinaryRows& Row();
  BinaryRows& SmallInt(std::int16_t value);
  BinaryRows& Integer(std::int32_t value);
  BinaryRows& BigInt(std::int64_t value);
  BinaryRows& Text(std::string_view value);                      // text
  BinaryRows& Bytes(std::string_view value);                     // bytea
  BinaryRows& Json(std::string_view value);                      // jsonb
  BinaryRows& Time(WallTime value);                              // timestamptz
  BinaryRows& BigInts(const std::vector<std::int64_t>& values);  // bigint[]
  BinaryRows& Null();
  // The end. Nothing may follow.
  void Finish();

 private:
  void Raw(std::uint64_t value, int bytes);
  BinaryRows& Number(std::int64_t value, int bytes);

  const std::size_t columns_;
  const Write write_;
  std::string buffer_;
};

}  // namespace webhook::postgres
