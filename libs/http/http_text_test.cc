#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/internal/request_text.h"
#include "http/internal/retry_after.h"
#include "http/internal/socket_address.h"

namespace webhook::http {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::Pair;

constexpr WallTime kNow{seconds{1'705'314'600}};  // Mon, 15 Jan 2024 10:30:00 GMT

TEST(RetryAfter, ReadsSecondsAndDatesUpToAnHour) {
  EXPECT_EQ(ParseRetryAfter("120", kNow), seconds(120));
  EXPECT_EQ(ParseRetryAfter("0", kNow), seconds(0));
  EXPECT_EQ(ParseRetryAfter("99999", kNow), seconds(3600));
  EXPECT_EQ(ParseRetryAfter("99999999999999999999999", kNow), seconds(3600));
  EXPECT_EQ(ParseRetryAfter("00000000000002", kNow), seconds(2));
  EXPECT_EQ(ParseRetryAfter("000", kNow), seconds(0));
  EXPECT_EQ(ParseRetryAfter("Mon, 15 Jan 2024 10:31:00 GMT", kNow), seconds(60));
  EXPECT_EQ(ParseRetryAfter("Monday, 15-Jan-24 10:31:00 GMT", kNow), seconds(60));
  EXPECT_EQ(ParseRetryAfter("Mon Jan 15 10:31:00 2024", kNow), seconds(60));
  EXPECT_EQ(ParseRetryAfter("Sat Jun  1 10:31:00 2024", kNow), seconds(3600));
  EXPECT_EQ(ParseRetryAfter("Mon, 15 Jan 2024 09:31:00 GMT", kNow), seconds(0));
  EXPECT_EQ(ParseRetryAfter("Mon, 15 Jan 2029 10:31:00 GMT", kNow), seconds(3600));
}

TEST(RetryAfter, IgnoresWhatIsNeither) {
  for (const char* value : {"", "-1", "1.5", "soon", "Mon, 15 Jan 2024 10:31:00 GMT x"})
    EXPECT_EQ(ParseRetryAfter(value, kNow), std::nullopt) << value;
}

TEST(Query, IsDecodedInOrder) {
  EXPECT_THAT(*ParseQuery("a=1&b=%20x+y&&c&a=2"),
              ElementsAre(Pair("a", "1"), Pair("b", " x y"), Pair("c", ""), Pair("a", "2")));
  EXPECT_EQ(ParseQuery("a=1&bad=%zz"), std::nullopt);
}

TEST(PercentDecode, RefusesBrokenEscapesAndWhatIsNoText) {
  EXPECT_EQ(PercentDecode("/a%2Fb+c", false), "/a/b+c");
  EXPECT_EQ(PercentDecode("%4", false), std::nullopt);
  EXPECT_EQ(PercentDecode("%g0", false), std::nullopt);
  EXPECT_EQ(PercentDecode("%C3%BC", false), "ü");
  for (const char* text : {"a%00b", "a%0d%0aX:%201", "%7f", "%ff", "%ed%a0%80"})
    EXPECT_EQ(PercentDecode(text, false), std::nullopt) << text;
}

TEST(SocketAddress, ReadsHostAndPort) {
  EXPECT_EQ(ToText(*ParseSocketAddress("127.0.0.1:80")), "127.0.0.1:80");
  EXPECT_EQ(ToText(*ParseSocketAddress("[::1]:80")), "[::1]:80");
  EXPECT_EQ(ToText(*ParseSocketAddress(":8080")), "0.0.0.0:8080");
  EXPECT_EQ(ToText(*ParseSocketAddress("localhost:0")), "127.0.0.1:0");
  for (const char* text : {"", "127.0.0.1", "x:80", "127.0.0.1:65536", "127.0.0.1:"})
    EXPECT_FALSE(ParseSocketAddress(text)) << text;
}

TEST(OwnFault, IsWhatOurMachineLacksButNotIpv6) {
  namespace errc = boost::system::errc;
  const auto code = [](errc::errc_t number) { return errc::make_error_code(number); };
  for (const bool v6 : {false, true}) {
    EXPECT_TRUE(IsOwnFault(code(errc::too_many_files_open), v6));
    EXPECT_TRUE(IsOwnFault(code(errc::no_space_on_device), v6));
    EXPECT_FALSE(IsOwnFault(code(errc::connection_refused), v6));
    EXPECT_FALSE(IsOwnFault(code(errc::address_family_not_supported), v6));
  }
  EXPECT_TRUE(IsOwnFault(code(errc::address_not_available), false));
  EXPECT_FALSE(IsOwnFault(code(errc::address_not_available), true));
}

}  // namespace
}  // namespace webhook::http
