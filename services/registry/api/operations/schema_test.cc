#include "services/registry/api/operations/schema.h"

#include <gtest/gtest.h>

namespace webhook {
namespace {

using nlohmann::json;

class SchemaTest : public ::testing::Test {
 protected:
  std::vector<FieldViolation> Check(const char* schema, const char* value) const {
    std::vector<FieldViolation> violations;
    check.Check(json::parse(schema), json::parse(value), "", &violations);
    return violations;
  }
  // "pointer code" of the only violation; empty: none.
  std::string Told(const char* schema, const char* value) const {
    const auto violations = Check(schema, value);
    if (violations.empty()) return "";
    return violations.size() == 1 ? violations[0].pointer + " " + violations[0].code : "many";
  }

  const json document =
      json::parse(R"({"components": {"schemas": {"Small": {"type": "integer", "maximum": 5}}}})");
  const SchemaCheck check{document};
};

TEST_F(SchemaTest, TellsWrongTypes) {
  EXPECT_EQ(Told(R"({"type": "string"})", R"("a")"), "");
  EXPECT_EQ(Told(R"({"type": "string"})", "1"), " wrong_type");
  EXPECT_EQ(Told(R"({"type": "string"})", "null"), " null");
  EXPECT_EQ(Told(R"({"type": ["string", "null"]})", "null"), "");
  EXPECT_EQ(Told(R"({"type": "integer"})", "1.5"), " wrong_type");
  EXPECT_EQ(Told(R"({"type": "integer"})", "2.0"), "");
  EXPECT_EQ(Told(R"({"type": "integer"})", "1e300"), " wrong_type");
  EXPECT_EQ(Told(R"({"type": "boolean"})", R"("true")"), " wrong_type");
  EXPECT_EQ(Check(R"({"type": ["integer", "array"]})", R"("a")").at(0).detail,
            "must be a whole number or a list");
}

TEST_F(SchemaTest, TellsBounds) {
  EXPECT_EQ(Told(R"({"minimum": 1, "maximum": 10})", "0"), " out_of_range");
  EXPECT_EQ(Told(R"({"minimum": 1, "maximum": 10})", "18446744073709551615"), " out_of_range");
  EXPECT_EQ(Told(R"({"minimum": 1, "maximum": 10})", "10"), "");
  EXPECT_EQ(Check(R"({"minimum": 1, "maximum": 10})", "11").at(0).detail, "must be 1 to 10");
  EXPECT_EQ(Told(R"({"maxLength": 2})", R"("äöü")"), " too_long");
  EXPECT_EQ(Told(R"({"maxLength": 3})", R"("äöü")"), "");
  EXPECT_EQ(Told(R"({"minLength": 1})", R"("")"), " too_short");
  EXPECT_EQ(Told(R"({"minItems": 1})", "[]"), " too_few");
  EXPECT_EQ(Told(R"({"maxItems": 1, "items": {"type": "string"}})", "[1, 2]"), " too_many");
  EXPECT_EQ(Told(R"({"maxProperties": 1})", R"({"a": 1, "b": 2})"), " too_many");
}

TEST_F(SchemaTest, TellsMembers) {
  const char* schema =
      R"({"type": "object", "required": ["url"], "additionalProperties": false,
          "properties": {"url": {"type": "string"}, "a/b": {"type": "string"}}})";
  EXPECT_EQ(Told(schema, R"({"url": "x"})"), "");
  EXPECT_EQ(Told(schema, "{}"), "/url required");
  EXPECT_EQ(Told(schema, R"({"url": "x", "a/b": 1})"), "/a~1b wrong_type");
  const auto unknown = Check(schema, R"({"url": "x", "urll": 1})");
  ASSERT_EQ(unknown.size(), 1U);
  EXPECT_EQ(unknown[0].pointer, "/urll");
  EXPECT_EQ(unknown[0].code, "unknown_field");
  EXPECT_EQ(unknown[0].detail, "is no field; did you mean \"url\"?");
  EXPECT_EQ(Told(R"({"additionalProperties": {"type": "string"}})", R"({"x": 1})"), "/x wrong_type");
  EXPECT_EQ(Told(R"({"propertyNames": {"maxLength": 1}})", R"({"xy": 1})"), "/xy too_long");
}

TEST_F(SchemaTest, TellsNoMoreThanTwentyUnknownMembers) {
  json many;
  for (int i = 0; i < 1'000; ++i) many["x" + std::to_string(i)] = 1;
  EXPECT_EQ(Check(R"({"additionalProperties": false})", many.dump().c_str()).size(), 20U);
}

TEST_F(SchemaTest, FollowsReferencesAndPicksTheWayOfTheType) {
  EXPECT_EQ(Told(R"({"type": "array", "items": {"$ref": "#/components/schemas/Small"}})", "[1, 6]"),
            "/1 out_of_range");
  const char* either =
      R"({"oneOf": [{"type": "string", "enum": ["long"]}, {"type": "array", "items": {"type": "integer"}}]})";
  EXPECT_EQ(Told(either, R"("long")"), "");
  EXPECT_EQ(Told(either, R"("lng")"), " unknown_value");
  EXPECT_EQ(Check(either, R"("lng")").at(0).detail, "must be long; did you mean \"long\"?");
  EXPECT_EQ(Told(either, R"([1, "a"])"), "/1 wrong_type");
  EXPECT_EQ(Check(either, "true").at(0).detail, "must be a string or a list");
  EXPECT_EQ(Told(either, "null"), " null");
}

TEST_F(SchemaTest, NamesKeywordsThatItDoesNotHeed) {
  EXPECT_EQ(check.UnknownKeywords(json::parse(R"({"type": "string", "pattern": "a"})")),
            std::vector<std::string>{"pattern"});
  EXPECT_EQ(check.UnknownKeywords(json::parse(R"({"properties": {"a": {"items": {"const": 1}}}})")),
            std::vector<std::string>{"const"});
}

}  // namespace
}  // namespace webhook
