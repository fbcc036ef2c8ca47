#include <gtest/gtest.h>

#include "core/encoding.h"
#include "core/nearest_name.h"
#include "core/places.h"
#include "core/result.h"
#include "core/time.h"

namespace webhook {
namespace {

TEST(NearestName, IsTheOneThatWasMeant) {
  const std::vector<std::string> known = {"user.created", "user.deleted"};
  EXPECT_EQ(NearestName("user.creatd", known), "user.created");
  EXPECT_EQ(NearestName("completely.other", known), "");
}

TEST(Base64, RoundTripsEveryLength) {
  std::string bytes;
  for (int i = 0; i < 70; ++i) {
    EXPECT_EQ(FromBase64(ToBase64(bytes)), bytes);
    bytes.push_back(static_cast<char>(i * 37));
  }
}

TEST(Base64, MatchesRfc4648Vectors) {
  EXPECT_EQ(ToBase64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(ToBase64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(ToBase64("foob"), "Zm9vYg==");
  EXPECT_EQ(ToBase64Url("\xfb\xff"), "-_8");
}

TEST(Base64, RefusesWhatIsNotStrict) {
  EXPECT_FALSE(FromBase64("Zg="));
  EXPECT_FALSE(FromBase64("Zh=="));
  EXPECT_FALSE(FromBase64("Zm 9"));
  EXPECT_FALSE(FromBase64("===="));
}

TEST(Base32, KeepsTheOrderOfTheBytes) {
  Bytes16 low{}, high{};
  low[15] = 255;
  high[0] = 1;
  EXPECT_EQ(ToBase32(low).size(), 26u);
  EXPECT_LT(ToBase32(low), ToBase32(high));
  EXPECT_EQ(ToBase32(Bytes16{}), std::string(26, '0'));
}

TEST(PointerPart, IsEscapedAsRfc6901Says) {
  EXPECT_EQ(ToPointerPart("a/b~c"), "a~1b~0c");
}

TEST(Utf8, IsClippedBetweenCharacters) {
  EXPECT_EQ(ClipUtf8("caf\xc3\xa9", 5), "caf\xc3\xa9");
  EXPECT_EQ(ClipUtf8("caf\xc3\xa9s", 4), "caf…");
}

TEST(Utf8, RefusesOverlongSurrogatesAndCutSequences) {
  EXPECT_TRUE(IsUtf8("plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"));
  EXPECT_FALSE(IsUtf8("\xc0\x80"));
  EXPECT_FALSE(IsUtf8("\xe0\x80\x80"));
  EXPECT_FALSE(IsUtf8("\xed\xa0\x80"));
  EXPECT_FALSE(IsUtf8("\xf4\x90\x80\x80"));
  EXPECT_FALSE(IsUtf8("\xe2\x82"));
}

TEST(Time, IsPrintedAsTheGuidePrintsIt) {
  const WallTime time{std::chrono::microseconds{1705314600123456}};
  EXPECT_EQ(FormatSeconds(time), "2024-01-15T10:30:00Z");
  EXPECT_EQ(FormatMillis(time), "2024-01-15T10:30:00.123Z");
}

TEST(Places, AreCountedForEachKey) {
  Places<std::string> places(2);
  EXPECT_TRUE(places.Enter("a"));
  EXPECT_TRUE(places.Enter("a"));
  EXPECT_FALSE(places.Enter("a"));
  EXPECT_TRUE(places.Enter("b"));
  places.Leave("a");
  EXPECT_TRUE(places.Enter("a"));
  EXPECT_FALSE(Places<int>(0).Enter(1));
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> good = 7;
  EXPECT_EQ(*good, 7);
  const Result<int> bad = Error{ErrorCode::kNotFound, "x_not_found", "no x"};
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().Context("load").message, "load: no x");
}

TEST(Time, IsParsedAsRfc3339) {
  EXPECT_EQ(FormatMillis(*ParseTime("2024-01-15T10:30:00Z")), "2024-01-15T10:30:00.000Z");
  EXPECT_EQ(FormatMillis(*ParseTime("2024-01-15t10:30:00.1239z")), "2024-01-15T10:30:00.123Z");
  EXPECT_EQ(FormatMillis(*ParseTime("2024-01-15T10:30:00+05:30")), "2024-01-15T05:00:00.000Z");
  EXPECT_EQ(FormatMillis(*ParseTime("2024-02-29T23:59:60-00:30")), "2024-03-01T00:30:00.000Z");
  EXPECT_EQ(FormatMillis(*ParseTime("9999-12-31T23:59:59.999999999Z")), "9999-12-31T23:59:59.999Z");
  for (const char* bad :
       {"", "2024-01-15", "2024-01-15T10:30:00", "2024-01-15T10:30Z", "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z", "2024-01-15T24:00:00Z", "2024-01-15T10:60:00Z", "2024-01-15T10:30:61Z",
        "0000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "10000-01-01T00:00:00Z", "2024-01-15T10:30:00.Z",
        "2024-01-15T10:30:00.1234567890Z", "2024-01-15T10:30:00Zx", "2024-01-15T10:30:00+5:30",
        "2024-01-15T10:30:00+24:00", " 2024-01-15T10:30:00Z"})
    EXPECT_FALSE(ParseTime(bad)) << bad;
}

TEST(Encoding, PercentEncodesAllButUnreserved) {
  EXPECT_EQ(PercentEncode("a-Z_0.~"), "a-Z_0.~");
  EXPECT_EQ(PercentEncode("a b&c=\xC3\xA4/"), "a%20b%26c%3D%C3%A4%2F");
}

}  // namespace
}  // namespace webhook
