#include "trace/otlp_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace webhook::trace {
namespace {

using nlohmann::json;

Span OneSpan() {
  Span span;
  span.trace.fill(0xAB);
  span.id.fill(0x0C);
  span.name = "publish";
  span.kind = SpanKind::kProducer;
  span.started = WallTime{std::chrono::microseconds{1'700'000'000'000'001}};
  span.ended = span.started + std::chrono::milliseconds{2};
  return span;
}

json Encoded(const Span& span) {
  return json::parse(EncodeOtlp({"event-ingest", "1.2", "pod-1"}, {span}));
}

json SpanOf(const Span& span) {
  return Encoded(span).at("/resourceSpans/0/scopeSpans/0/spans/0"_json_pointer);
}

TEST(OtlpJson, NamesItsTeller) {
  const json attributes = Encoded(OneSpan()).at("/resourceSpans/0/resource/attributes"_json_pointer);
  EXPECT_EQ(attributes, json::parse(R"([
    {"key": "service.name", "value": {"stringValue": "event-ingest"}},
    {"key": "service.version", "value": {"stringValue": "1.2"}},
    {"key": "host.name", "value": {"stringValue": "pod-1"}}])"));
}

TEST(OtlpJson, WritesIdsAsHexTimesAsTextAndEnumsAsNumbers) {
  EXPECT_EQ(SpanOf(OneSpan()), json::parse(R"({
    "traceId": "abababababababababababababababab",
    "spanId": "0c0c0c0c0c0c0c0c",
    "name": "publish",
    "kind": 4,
    "startTimeUnixNano": "1700000000000001000",
    "endTimeUnixNano": "1700000000002001000",
    "attributes": []})"));
}

TEST(OtlpJson, WritesParentStateLinksAndFailure) {
  Span span = OneSpan();
  span.parent.emplace().fill(0x0D);
  span.tracestate = "a=1";
  span.error = "http_5xx";
  span.links.push_back({{}, {}, "b=2"});
  span.links.push_back({});
  span.links.back().span.fill(0xFF);
  const json encoded = SpanOf(span);
  EXPECT_EQ(encoded.at("parentSpanId"), "0d0d0d0d0d0d0d0d");
  EXPECT_EQ(encoded.at("traceState"), "a=1");
  EXPECT_EQ(encoded.at("status"), json::parse(R"({"code": 2, "message": "http_5xx"})"));
  EXPECT_EQ(encoded.at("links"), json::parse(R"([
    {"traceId": "00000000000000000000000000000000", "spanId": "0000000000000000", "traceState": "b=2"},
    {"traceId": "00000000000000000000000000000000", "spanId": "ffffffffffffffff"}])"));
}

TEST(OtlpJson, WritesAttributesByTheirType) {
  Span span = OneSpan();
  span.attributes = {{"text", "\xFF\""}, {"number", std::int64_t{1} << 60}};
  EXPECT_EQ(SpanOf(span).at("attributes"), json::parse(R"([
    {"key": "text", "value": {"stringValue": "\ufffd\""}},
    {"key": "number", "value": {"intValue": "1152921504606846976"}}])"));
}

TEST(OtlpJson, PutsAllSpansIntoOneScope) {
  const json encoded = json::parse(EncodeOtlp({}, {OneSpan(), OneSpan()}));
  EXPECT_EQ(encoded.at("/resourceSpans/0/scopeSpans/0/spans"_json_pointer).size(), 2u);
  EXPECT_EQ(encoded.at("/resourceSpans/0/scopeSpans/0/scope/name"_json_pointer), "webhook-platform");
}

}  // namespace
}  // namespace webhook::trace
