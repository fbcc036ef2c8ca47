#include "domain/canonical_json.h"

#include <gtest/gtest.h>

#include "domain/event.h"

namespace webhook {
namespace {

std::string Canonical(std::string_view json) {
  const auto result = CanonicalObject(json, "/data");
  return result ? result->text : "error " + result.error().violations.at(0).code;
}

// {"a":VALUE} and back.
std::string Value(const std::string& value) {
  const std::string text = Canonical("{\"a\":" + value + "}");
  return text.starts_with("error") ? text : text.substr(5, text.size() - 6);
}

std::string PointerOf(std::string_view json) {
  const auto result = CanonicalObject(json, "/data");
  return result ? "none" : result.error().violations.at(0).pointer;
}

// Expected values were printed by JSON.stringify(JSON.parse(text)) under Node 20.
TEST(CanonicalJson, PrintsNumbersAsJavaScriptDoes) {
  const std::pair<const char*, const char*> kCases[] = {
      {"0", "0"},
      {"-0", "0"},
      {"-0.0e5", "0"},
      {"1.0", "1"},
      {"1.50", "1.5"},
      {"-12.340", "-12.34"},
      {"1e2", "100"},
      {"1E+2", "100"},
      {"100000000000000000000", "100000000000000000000"},
      {"1e20", "100000000000000000000"},
      {"1e21", "1e+21"},
      {"123e19", "1.23e+21"},
      {"0.000001", "0.000001"},
      {"0.0000001", "1e-7"},
      {"1.5e-10", "1.5e-10"},
      {"0.1", "0.1"},
      {"9007199254740992", "9007199254740992"},
      {"5e-324", "5e-324"},
      {"1.7976931348623157e308", "1.7976931348623157e+308"},
      {"123456.789", "123456.789"},
      {"7", "7"},
      {"-7", "-7"},
      {"999999999999999", "999999999999999"},
      {"-999999999999999", "-999999999999999"},
      {"9007199254740991", "9007199254740991"},
      {"10", "10"},
  };
  for (const auto& [text, printed] : kCases) EXPECT_EQ(Value(text), printed) << text;
}

TEST(CanonicalJson, KeepsTheDigitsOfNumbersThatADoubleCannotCarry) {
  for (const char* text : {"12345678901234567890", "9007199254740993", "0.1234567890123456789", "1e400",
                           "-1E400", "1e-400", "1e99999999999999999999", "2.00000000000000000001"}) {
    EXPECT_EQ(Value(text), text);
    EXPECT_EQ(CanonicalObject("{\"a\":" + std::string(text) + "}", "")->kept_numbers, 1) << text;
  }
}

TEST(CanonicalJson, WritesStringsAsJavaScriptDoes) {
  EXPECT_EQ(Value(R"("\u0041\/\u00e9\u20ac")"), "\"A/é€\"");
  EXPECT_EQ(Value(R"("\ud83d\ude00")"), "\"😀\"");
  EXPECT_EQ(Value(R"("\u0008\u0009\u000a\u000c\u000d\u0000\u001F\u007f")"),
            "\"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f\"");
  EXPECT_EQ(Value(R"("\"\\\u0022\u005C")"), R"("\"\\\"\\")");
  EXPECT_EQ(Value("\"\u2028\u2029\""), "\"\u2028\u2029\"");
}

// They are copied in pieces of eight bytes.
TEST(CanonicalJson, CopiesStringsOfAnyLength) {
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t after = 0; after < 20; ++after) {
      const std::string plain = std::string(before, 'x');
      const std::string more = std::string(after, 'y') + "ü";
      EXPECT_EQ(Value("\"" + plain + "\\u0041" + more + "\""), "\"" + plain + "A" + more + "\"");
      EXPECT_EQ(Value("\"" + plain + "\\n" + more + "\""), "\"" + plain + "\\n" + more + "\"");
      EXPECT_EQ(Value("\"" + plain + "\x1F" + more + "\""), "error bad_json");
      EXPECT_EQ(Canonical("{\"a\":\"" + plain), "error bad_json");
    }
  }
}

TEST(CanonicalJson, OrdersManyMembersToo) {
  std::string text = "{";
  std::string ordered = R"({"3":0,"7":0)";
  for (int i = 0; i < 40; ++i) {
    text += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    ordered += ",\"k" + std::to_string(i) + "\":" + (i == 5 ? "{}" : std::to_string(i));
  }
  EXPECT_EQ(Canonical(text + R"("7":0,"k5":{},"3":0})"), ordered + "}");
  EXPECT_EQ(Canonical(text + R"("last":0})"), text + R"("last":0})");
}

TEST(CanonicalJson, OrdersKeysAsJavaScriptDoes) {
  EXPECT_EQ(Canonical(R"({"b":1,"10":2,"a":3,"9":4,"0":5})"), R"({"0":5,"9":4,"10":2,"b":1,"a":3})");
  EXPECT_EQ(Canonical(R"({"b":1,"01":2,"-1":3,"4294967295":4,"4294967294":5})"),
            R"({"4294967294":5,"b":1,"01":2,"-1":3,"4294967295":4})");
  EXPECT_EQ(Canonical(R"({"x":{"2":[],"1":{}},"\u0031":0})"), R"({"1":0,"x":{"1":{},"2":[]}})");
}

TEST(CanonicalJson, ARepeatedKeyKeepsItsFirstPlaceAndLastValue) {
  EXPECT_EQ(Canonical(R"({"a":1,"b":2,"\u0061":3})"), R"({"a":3,"b":2})");
  EXPECT_EQ(Canonical(R"({"a":1,"a":2,"a":3})"), R"({"a":3})");
  EXPECT_EQ(Canonical(R"({"1":1,"b":0,"1":[2]})"), R"({"1":[2],"b":0})");
}

TEST(CanonicalJson, DropsSpaceAndKeepsTheRest) {
  EXPECT_EQ(Canonical(" { \"a\" : [ 1 , true , false , null , { } , [ ] ] , \"b\" : \"\" } \n"),
            R"({"a":[1,true,false,null,{},[]],"b":""})");
  EXPECT_EQ(Canonical("{}"), "{}");
}

TEST(CanonicalJson, IsAFixedPoint) {
  const std::string once = Canonical(R"({"z":[1.0,{"5":1e3,"4":"\u00fc"}],"3":-0,"z":[1e21]})");
  EXPECT_EQ(Canonical(once), once);
}

TEST(CanonicalJson, RefusesWhatIsNoJson) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{,}",
                           "{\"a\":[1,]}",
                           "{\"a\":[1 2]}",
                           "{\"a\":01}",
                           "{\"a\":.5}",
                           "{\"a\":1.}",
                           "{\"a\":1e}",
                           "{\"a\":+1}",
                           "{\"a\":NaN}",
                           "{\"a\":tru}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\u12g4\"}",
                           "{\"a\":\"",
                           "{\"a\":\"\n\"}",
                           "{a:1}",
                           "{'a':1}",
                           "{} {}",
                           "{\"a\":1}x",
                           "\xEF\xBB\xBF{}",
                           "{\"a\":\"\\ud800\\u12\"}"}) {
    EXPECT_EQ(Canonical(text), "error bad_json") << text;
  }
  EXPECT_EQ(Canonical(std::string_view("{\"a\":1}\0", 8)), "error bad_json");
}

TEST(CanonicalJson, NamesEachOtherMistake) {
  for (const char* text : {"[]", "1", "\"a\"", "null", "true"})
    EXPECT_EQ(Canonical(text), "error not_an_object") << text;
  EXPECT_EQ(Canonical("{\"a\":\"\xC0\x80\"}"), "error not_utf8");
  EXPECT_EQ(Canonical("{\"a\":\"\xED\xA0\x80\"}"), "error not_utf8");
  EXPECT_EQ(Value(R"("\ud83d")"), "error lone_surrogate");
  EXPECT_EQ(Value(R"("\ude00")"), "error lone_surrogate");
  EXPECT_EQ(Value(R"("\ud83d\u0041")"), "error lone_surrogate");
  EXPECT_EQ(Canonical(std::string(kMaxEventDataBytes + 1, ' ')), "error too_large");
  std::string many = "{\"a\":[1e20";
  while (many.size() < 200'000) many += ",1e20";
  EXPECT_EQ(Canonical(many + "]}"), "error too_large");
}

TEST(CanonicalJson, AllowsDepth64AndNotMore) {
  const auto nested = [](int arrays) {
    return "{\"a\":" + std::string(static_cast<std::size_t>(arrays), '[') +
           std::string(static_cast<std::size_t>(arrays), ']') + "}";
  };
  EXPECT_EQ(Canonical(nested(63)), nested(63));
  EXPECT_EQ(Canonical(nested(64)), "error too_deep");
  EXPECT_EQ(Canonical(nested(100'000)), "error too_deep");
}

TEST(CanonicalJson, PointsAtTheMistake) {
  EXPECT_EQ(PointerOf(R"({"a":{"b/c":[1,"\ud800"]}})"), "/data/a/b~1c/1");
  EXPECT_EQ(PointerOf(R"({"2":{"x":1},"1":{"":[{},{"deep":[0,nul]}]}})"), "/data/1//1/deep/1");
  EXPECT_EQ(PointerOf("[]"), "/data");
}

TEST(NotificationBody, IsTheContractsForm) {
  EXPECT_EQ(
      NotificationBody(NotificationId("webhook_1"), "user.created",
                       WallTime{std::chrono::seconds{1705314600}}, R"({"user_id":"42"})"),
      R"({"id":"webhook_1","event":"user.created","timestamp":"2024-01-15T10:30:00Z","data":{"user_id":"42"},)"
      R"("api_version":"2.1.0"})");
}

}  // namespace
}  // namespace webhook
