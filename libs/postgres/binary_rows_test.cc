#include "postgres/binary_rows.h"

#include <gtest/gtest.h>

#include "core/encoding.h"

namespace webhook::postgres {
namespace {

constexpr char kHead[] = "5047434f50590aff0d0a000000000000000000";  // signature, flags, no extension

std::string Hex(const std::function<void(BinaryRows&)>& fill, std::size_t columns) {
  std::string bytes;
  BinaryRows rows(columns, [&](std::string_view piece) { bytes += piece; });
  fill(rows);
  rows.Finish();
  return ToHex(bytes);
}

TEST(BinaryRows, NoneAreAHeadAndAnEnd) {
  EXPECT_EQ(Hex([](BinaryRows&) {}, 3), std::string(kHead) + "ffff");
}

TEST(BinaryRows, ValuesCarryTheirLengthInNetworkOrder) {
  EXPECT_EQ(Hex([](BinaryRows& rows) { rows.Row().SmallInt(-2).Integer(258).BigInt(-1).Null(); }, 4),
            std::string(kHead) + "0004" + "00000002fffe" + "0000000400000102" + "00000008ffffffffffffffff" +
                "ffffffff" + "ffff");
  EXPECT_EQ(
      Hex([](BinaryRows& rows) { rows.Row().Text("a\t").Bytes(std::string_view("\0", 1)).Json("[]"); }, 3),
      std::string(kHead) + "0003" + "000000026109" + "0000000100" + "00000003015b5d" + "ffff");
}

TEST(BinaryRows, TimesCountFrom2000) {
  const WallTime time{std::chrono::sys_days(std::chrono::year(2000) / 1 / 1) + std::chrono::microseconds(5)};
  EXPECT_EQ(Hex([&](BinaryRows& rows) { rows.Row().Time(time); }, 1),
            std::string(kHead) + "0001" + "000000080000000000000005" + "ffff");
}

TEST(BinaryRows, AnArrayHasItsTypeAndBounds) {
  EXPECT_EQ(Hex([](BinaryRows& rows) { rows.Row().BigInts({7}).BigInts({}); }, 2),
            std::string(kHead) + "0002" + "00000020" + "00000001" + "00000000" + "00000014" + "00000001" +
                "00000001" + "000000080000000000000007" + "0000000c" + "00000000" + "00000000" + "00000014" +
                "ffff");
}

TEST(BinaryRows, ManyGoInPieces) {
  int pieces = 0;
  std::size_t bytes = 0;
  BinaryRows rows(1, [&](std::string_view piece) {
    ++pieces;
    bytes += piece.size();
  });
  const std::string text(1'000, 'x');
  for (int i = 0; i < 200; ++i) rows.Row().Text(text);
  rows.Finish();
  EXPECT_EQ(pieces, 4);
  EXPECT_EQ(bytes, 19 + 200 * 1'006 + 2);
}

}  // namespace
}  // namespace webhook::postgres
