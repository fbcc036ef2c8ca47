#include <gtest/gtest.h>

#include "crypto/webhook_signature.h"
#include "signing/signature_check.h"

namespace webhook {
namespace {

constexpr WallTime kNow{std::chrono::seconds{1'700'000'000}};
const Secret kSecret("whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3");
const Secret kOther("whsec_b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk");
constexpr char kBody[] = R"({"id":"webhook_n","data":{"a":[1,2]}})";

ReceivedHeaders Signed(std::int64_t timestamp = 1'700'000'000) {
  return {{"x-platform-signature", crypto::PlatformSignature(kSecret, kBody)},
          {"webhook-id", "webhook_n"},
          {"webhook-timestamp", std::to_string(timestamp)},
          {"webhook-signature", crypto::StandardSignature(kOther, "webhook_n", timestamp, kBody) + " " +
                                    crypto::StandardSignature(kSecret, "webhook_n", timestamp, kBody)}};
}

TEST(SignatureCheck, WhatIsOursIsValid) {
  EXPECT_EQ(CheckPlatformSignature(kSecret, Signed(), kBody), "");
  EXPECT_EQ(CheckStandardSignature(kSecret, Signed(), kBody, kNow), "");
  EXPECT_EQ(CheckStandardSignature(kSecret, Signed(1'000), kBody, std::nullopt), "") << "of any age";
}

TEST(SignatureCheck, SaysWhatWasDoneToTheBody) {
  EXPECT_NE(CheckPlatformSignature(kSecret, Signed(), std::string(kBody) + "\n").find("line end"),
            std::string::npos);
  const std::string spaced = R"({ "id": "webhook_n", "data": { "a": [1, 2] } })";
  EXPECT_NE(CheckPlatformSignature(kSecret, Signed(), spaced).find("formatted anew"), std::string::npos);
  EXPECT_NE(CheckPlatformSignature(kSecret, Signed(), "{}").find("changed"), std::string::npos);
  EXPECT_NE(CheckPlatformSignature(kSecret, Signed(), "\"\xff\"").find("changed"), std::string::npos);
  EXPECT_NE(CheckStandardSignature(kSecret, Signed(), "{}", kNow), "");
}

TEST(SignatureCheck, SaysWhichSecretItIs) {
  ReceivedHeaders headers = Signed();
  EXPECT_NE(CheckPlatformSignature(kOther, headers, kBody).find("another secret"), std::string::npos);
  headers["x-platform-signature-previous"] = crypto::PlatformSignature(kOther, kBody);
  EXPECT_NE(CheckPlatformSignature(kOther, headers, kBody).find("previous"), std::string::npos);
}

TEST(SignatureCheck, SaysWhichHeaderIsMissingOrBad) {
  ReceivedHeaders headers = Signed();
  for (const char* name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
    ReceivedHeaders fewer = headers;
    fewer.erase(name);
    EXPECT_NE(CheckStandardSignature(kSecret, fewer, kBody, kNow).find(name), std::string::npos);
  }
  EXPECT_NE(CheckPlatformSignature(kSecret, {}, kBody).find("missing"), std::string::npos);
  EXPECT_NE(CheckPlatformSignature(kSecret, {{"x-platform-signature", "md5=1"}}, kBody).find("sha256="),
            std::string::npos);
  for (const char* bad : {"", "1x", "-9223372036854775808", "99999999999999999999"}) {
    headers["webhook-timestamp"] = bad;
    EXPECT_NE(CheckStandardSignature(kSecret, headers, kBody, kNow).find("no number"), std::string::npos)
        << bad;
  }
}

TEST(SignatureCheck, RefusesWhatIsOldOrOfTheFuture) {
  EXPECT_EQ(CheckStandardSignature(kSecret, Signed(1'700'000'000 - 300), kBody, kNow), "");
  EXPECT_NE(CheckStandardSignature(kSecret, Signed(1'700'000'000 - 301), kBody, kNow), "");
  EXPECT_NE(CheckStandardSignature(kSecret, Signed(1'700'000'000 + 301), kBody, kNow), "");
  EXPECT_NE(CheckStandardSignature(kSecret, Signed(9'000'000'000'000'000'000), kBody, kNow), "");
}

}  // namespace
}  // namespace webhook
