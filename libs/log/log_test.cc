#include "log/log.h"

#include <gtest/gtest.h>

#include <limits>

namespace webhook::log {
namespace {

TEST(Format, PutsWellKnownFieldsAtTheTop) {
  EXPECT_EQ(
      Format(Level::kWarn, "worker", "T", "attempt.finished",
             {{"webhook_id", "webhook_1"}, {"status", 503}, {"topic", "t"}, {"ok", false}, {"ratio", 0.5}}),
      R"({"ts":"T","level":"warn","msg":"attempt.finished","service":"worker","webhook_id":"webhook_1",)"
      R"("status":503,"f":{"topic":"t","ok":false,"ratio":0.5}})");
}

TEST(Format, EscapesWhatWouldBreakTheLine) {
  EXPECT_EQ(Format(Level::kInfo, "s", "T", "m", {{"x", "a\"b\\c\r\n\x1b[31m"}}),
            R"({"ts":"T","level":"info","msg":"m","service":"s","f":{"x":"a\"b\\c\u000d\u000a\u001b[31m"}})");
}

TEST(Format, ReplacesBytesThatAreNoText) {
  EXPECT_EQ(Format(Level::kInfo, "s", "T", "m", {{"x", "\xFF"}, {"y", "é"}}),
            "{\"ts\":\"T\",\"level\":\"info\",\"msg\":\"m\",\"service\":\"s\",\"f\":{\"x\":\"\xEF\xBF\xBD\","
            "\"y\":\"é\"}}");
}

TEST(Format, HasNoNumberThatJsonLacks) {
  EXPECT_NE(Format(Level::kInfo, "s", "T", "m", {{"x", std::numeric_limits<double>::infinity()}})
                .find("\"x\":null"),
            std::string::npos);
}

TEST(ParseLevel, KnowsTheSettingsWords) {
  EXPECT_EQ(ParseLevel("debug"), Level::kDebug);
  EXPECT_EQ(ParseLevel("error"), Level::kError);
}

}  // namespace
}  // namespace webhook::log
