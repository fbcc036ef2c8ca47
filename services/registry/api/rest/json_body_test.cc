#include "services/registry/api/rest/json_body.h"

#include <gtest/gtest.h>

namespace webhook::rest {
namespace {

std::string Nested(int depth) {
  return R"({"a":)" + std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']') + "}";
}

TEST(ParseBody, TakesAnObject) {
  EXPECT_TRUE(ParseBody(R"({"a": [1, {"b": "\u00e4"}]})").ok());
  EXPECT_TRUE(ParseBody(Nested(60)).ok());
}

TEST(ParseBody, TakesNulWhereToldTo) {
  EXPECT_TRUE(ParseBody(R"({"a": "\u0000"})", Nul::kTaken).ok());
  EXPECT_FALSE(ParseBody(R"({"a": "\u0000"})").ok());
}

TEST(ParseBody, RefusesAllElse) {
  for (const std::string& body : std::vector<std::string>{
           "", "null", "[]", "1", "{", "{}x", R"({"a":1,"a":2})", R"({"a":{"b":1,"b":1}})", R"({"a":1e400})",
           R"({"a":NaN})", R"({"a":1,})", "{/*x*/}", "\xEF\xBB\xBF{}", "{\"a\":\"\xFF\"}",
           R"({"a":"\u0000"})", R"({"\u0000":1})", R"({"a":"\ud800"})", Nested(65), Nested(100'000)}) {
    const auto parsed = ParseBody(body);
    ASSERT_FALSE(parsed.ok()) << body.substr(0, 40);
    EXPECT_EQ(parsed.error().reason, kBadJson);
  }
}

TEST(ParseBody, RefusesWhatFollowsAZeroByte) {
  EXPECT_FALSE(ParseBody(std::string("{\"a\":1}\0{\"b\":2}", 15)).ok());
}

// The depth is that of objects and arrays together.
TEST(ParseBody, CountsObjectsAndArraysAsDepth) {
  EXPECT_TRUE(ParseBody(Nested(63)).ok());
  EXPECT_FALSE(ParseBody(Nested(64)).ok());
}

// With a parser that looks through the whole array after each of its objects this takes minutes.
TEST(ParseBody, TakesManyObjectsInOneArray) {
  std::string body = R"({"a":[{})";
  for (int i = 1; i < 2'000'000; ++i) body += ",{}";
  const auto parsed = ParseBody(body + "]}");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->at("a").size(), 2'000'000U);
}

}  // namespace
}  // namespace webhook::rest
