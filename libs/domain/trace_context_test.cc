#include "domain/trace_context.h"

#include <gtest/gtest.h>

namespace webhook {
namespace {

constexpr char kGood[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Traceparent, IsReadAndWrittenTheSame) {
  const auto context = ParseTraceparent(kGood);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace[0], 0x0A);
  EXPECT_EQ(context->trace[15], 0x9C);
  EXPECT_EQ(context->span[7], 0x31);
  EXPECT_TRUE(context->sampled());
  EXPECT_EQ(FormatTraceparent(*context), kGood);
}

TEST(Traceparent, TellsWhetherItIsSampledByTheLowestBit) {
  const auto of = [](const char* flags) {
    return ParseTraceparent(std::string(kGood).replace(53, 2, flags))->sampled();
  };
  EXPECT_FALSE(of("00"));
  EXPECT_FALSE(of("02"));
  EXPECT_TRUE(of("03"));
}

TEST(Traceparent, IsNotThereWhereItIsNotWellFormed) {
  for (const char* bad : {
           "",
           "00",
           "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
           "00-00000000000000000000000000000000-b7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
           "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
           "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
           "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nx: y",
           "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
       })
    EXPECT_FALSE(ParseTraceparent(bad)) << bad;
}

TEST(Traceparent, OfALaterVersionIsReadAsFarAsThisOneGoes) {
  const auto context =
      ParseTraceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff-what-comes\r\n");
  ASSERT_TRUE(context);
  EXPECT_EQ(FormatTraceparent(*context), kGood);
}

TEST(Tracestate, IsAListOfKeysWithValues) {
  for (const std::string& good :
       {std::string("a=1"), std::string("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
        std::string("a=1 , b=2,,"), std::string("1tenant@system=x y"), "a=" + std::string(256, 'v')})
    EXPECT_TRUE(IsTracestate(good)) << good;
  for (const std::string& bad :
       {std::string(), std::string(","), std::string("a"), std::string("a="), std::string("=1"),
        std::string("A=1"), std::string("a=1=2"), std::string("a=1,b"), std::string("a=\n"),
        std::string("a=\xC3\xA9"), "a=" + std::string(257, 'v'), "a=1" + std::string(510, ' ')})
    EXPECT_FALSE(IsTracestate(bad)) << bad;
  std::string many = "a=1";
  for (int i = 0; i < 32; ++i) many += ",b=1";
  EXPECT_FALSE(IsTracestate(many));
}

}  // namespace
}  // namespace webhook
