#include "postgres/binary_rows.h"

#include <utility>

namespace webhook::postgres {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);
constexpr std::uint64_t kBigIntType = 20;
constexpr char kJsonVersion = 1;
// Postgres counts from 2000-01-01.
constexpr std::chrono::microseconds kEpoch =
    std::chrono::sys_days(std::chrono::year(2000) / 1 / 1).time_since_epoch();

}  // namespace

BinaryRows::BinaryRows(std::size_t columns, Write write) : columns_(columns), write_(std::move(write)) {
  buffer_.reserve(2 * kPiece);
  buffer_ += kSignature;
  Raw(0, 4);  // flags
  Raw(0, 4);  // length of the header's extension
}

void BinaryRows::Raw(std::uint64_t value, int bytes) {
  while (bytes-- > 0) buffer_.push_back(static_cast<char>(value >> (8 * bytes)));
}

BinaryRows& BinaryRows::Row() {
  if (buffer_.size() >= kPiece) {
    write_(buffer_);
    buffer_.clear();
  }
  Raw(columns_, 2);
  return *this;
}

BinaryRows& BinaryRows::Number(std::int64_t value, int bytes) {
  Raw(static_cast<std::uint64_t>(bytes), 4);
  Raw(static_cast<std::uint64_t>(value), bytes);
  return *this;
}

BinaryRows& BinaryRows::SmallInt(std::int16_t value) {
  return Number(value, 2);
}

BinaryRows& BinaryRows::Integer(std::int32_t value) {
  return Number(value, 4);
}

BinaryRows& BinaryRows::BigInt(std::int64_t value) {
  return Number(value, 8);
}

BinaryRows& BinaryRows::Text(std::string_view value) {
  Raw(value.size(), 4);
  buffer_ += value;
  return *this;
}

BinaryRows& BinaryRows::Bytes(std::string_view value) {
  return Text(value);
}

BinaryRows& BinaryRows::Json(std::string_view value) {
  Raw(value.size() + 1, 4);
  buffer_.push_back(kJsonVersion);
  buffer_ += value;
  return *this;
}

BinaryRows& BinaryRows::Time(WallTime value) {
  return BigInt((value.time_since_epoch() - kEpoch).count());
}

BinaryRows& BinaryRows::BigInts(const std::vector<std::int64_t>& values) {
  const bool empty = values.empty();
  Raw(empty ? 12 : 20 + values.size() * 12, 4);
  Raw(empty ? 0 : 1, 4);  // dimensions
  Raw(0, 4);              // no nulls
  Raw(kBigIntType, 4);
  if (empty) return *this;
  Raw(values.size(), 4);
  Raw(1, 4);  // the first one's number
  for (const std::int64_t value : values) BigInt(value);
  return *this;
}

BinaryRows& BinaryRows::Null() {
  Raw(static_cast<std::uint64_t>(-1), 4);
  return *this;
}

void BinaryRows::Finish() {
  Raw(static_cast<std::uint64_t>(-1), 2);
  write_(buffer_);
  buffer_.clear();
}

}  // namespace webhook::postgres
