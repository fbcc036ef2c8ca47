#include "schema/event_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace webhook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::vector<std::string> Told(const std::vector<FieldViolation>& violations) {
  std::vector<std::string> told;
  for (const FieldViolation& violation : violations) told.push_back(violation.pointer + " " + violation.code);
  return told;
}

std::vector<std::string> Refused(const std::string& text) {
  const auto schema = EventSchema::Compile(text, "/schema");
  return schema ? std::vector<std::string>() : Told(schema.error().violations);
}

std::vector<std::string> Checked(const std::string& text, const std::string& data) {
  const auto schema = EventSchema::Compile(text, "/schema");
  EXPECT_TRUE(schema);
  return schema ? Told((*schema)->Check(data, "/data")) : std::vector<std::string>();
}

constexpr char kInvoice[] = R"({
  "type": "object", "required": ["id", "lines"], "additionalProperties": false,
  "properties": {"id": {"type": "string", "maxLength": 5},
                 "lines": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/line"}}},
  "$defs": {"line": {"type": "object", "required": ["cents"], "properties": {"cents": {"type": "integer", "minimum": 0}}}}})";

TEST(EventSchema, RefusesMoreValuesThanItCanHoldAgainstAllAlternatives) {
  constexpr char kEither[] =
      R"({"properties": {"a": {"oneOf": [{"items": {"type": "string"}}, {"items": {"type": "boolean"}}]}}})";
  std::string many = R"({"a": [0)";
  for (int i = 0; i < 120'000; ++i) many += ",0";
  EXPECT_THAT(Checked(kEither, many + "]}"), ElementsAre("/data too_complex"));
  EXPECT_THAT(Checked(R"({"properties": {"a": {"type": "array"}}})", many + "]}"), IsEmpty());
}

TEST(EventSchema, TellsWhatIsWrongAndWhere) {
  EXPECT_THAT(Checked(kInvoice, R"({"id": "i1", "lines": [{"cents": 1}]})"), IsEmpty());
  EXPECT_THAT(Checked(kInvoice, R"({"id": "too long", "lines": [{"cents": 1}, {"cents": -1}]})"),
              UnorderedElementsAre("/data/id breaks_schema", "/data/lines/1/cents breaks_schema"));
  EXPECT_THAT(Checked(kInvoice, R"({"id": "i1"})"), ElementsAre("/data breaks_schema"));
  EXPECT_THAT(Checked(kInvoice, "{"), ElementsAre("/data bad_json"));
}

TEST(EventSchema, TellsSoMuchAndNoMore) {
  std::string data = "[0";
  for (int i = 0; i < 1'000; ++i) data += ",0";
  EXPECT_THAT(Checked(R"({"items": {"type": "string"}})", data + "]"), SizeIs(EventSchema::kMaxViolations));
}

TEST(EventSchema, RefusesWhatWouldNotBeChecked) {
  EXPECT_THAT(
      Refused(R"({"propertys": {}, "properties": {"a": {"typ": "string"}, "typ": {}}})"),
      UnorderedElementsAre("/schema/propertys unknown_keyword", "/schema/properties/a/typ unknown_keyword"));
  EXPECT_THAT(Refused("{"), ElementsAre("/schema bad_json"));
  EXPECT_THAT(Refused("[]"), ElementsAre("/schema wrong_type"));
  EXPECT_THAT(Refused(R"({"properties": [], "anyOf": {}, "not": 1})"),
              UnorderedElementsAre("/schema/properties wrong_type", "/schema/anyOf wrong_type",
                                   "/schema/not wrong_type"));
  EXPECT_THAT(Refused(R"({"$schema": "http://json-schema.org/draft-07/schema#"})"),
              ElementsAre("/schema/$schema unknown_value"));
  EXPECT_THAT(Refused(R"({"type": "strin"})"), SizeIs(1));
}

TEST(EventSchema, RefusesWhatCouldTakeForever) {
  EXPECT_THAT(Refused(R"({"properties": {"a/b": {"pattern": "(a+)+$"}}})"),
              ElementsAre("/schema/properties/a~1b/pattern unsupported_keyword"));
  EXPECT_THAT(Refused(R"({"$ref": "#"})"), ElementsAre("/schema/$ref bad_reference"));
  EXPECT_THAT(Refused(R"({"$ref": "http://other.example/schema"})"),
              ElementsAre("/schema/$ref bad_reference"));
  EXPECT_THAT(Refused(R"({"$dynamicRef": "#a"})"), ElementsAre("/schema/$dynamicRef unsupported_keyword"));
  EXPECT_THAT(
      Refused(R"({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}})"),
      ElementsAre("/schema/$defs/a/$ref circular_reference"));
  EXPECT_THAT(Refused(R"({"$defs": {"a/not": true, "a": {"not": {"$ref": "#/$defs/a/not"}}}})"),
              ElementsAre("/schema/$defs/a/not/$ref bad_reference"));
  EXPECT_THAT(Refused(R"({"uniqueItems": true})"), ElementsAre("/schema/uniqueItems unsupported_keyword"));
  std::string doubling = R"({"$ref": "#/$defs/d20", "$defs": {"d0": {})";
  for (int i = 1; i <= 20; ++i) {
    const std::string before = R"({"$ref": "#/$defs/d)" + std::to_string(i - 1) + R"("})";
    doubling += R"(, "d)" + std::to_string(i) + R"(": {"allOf": [)" + before + "," + before + "]}";
  }
  EXPECT_THAT(Refused(doubling + "}}"), ElementsAre("/schema too_large"));
  EXPECT_THAT(Refused(R"({"title": ")" + std::string(EventSchema::kMaxBytes, 'a') + R"("})"),
              ElementsAre("/schema too_large"));
}

TEST(EventSchema, NamesAndValuesAreNoKeywords) {
  EXPECT_THAT(
      Refused(
          R"({"properties": {"pattern": {}, "$ref": {}}, "enum": [{"pattern": "a"}], "const": {"x": 1}})"),
      IsEmpty());
}

}  // namespace
}  // namespace webhook
