#include "crypto/crypto.h"
#include "crypto/envelope.h"

#include <gtest/gtest.h>

#include "core/encoding.h"
#include "crypto/api_key.h"
#include "crypto/session_token.h"
#include "crypto/webhook_signature.h"

namespace webhook::crypto {
namespace {

TEST(HmacSha256, MatchesRfc4231) {
  EXPECT_EQ(ToHex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(ToHex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      ToHex(HmacSha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256, AnEmptyKeyIsNotTheKeyOfBefore) {
  const std::string empty = HmacSha256("", "");
  EXPECT_EQ(ToHex(empty), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  (void)HmacSha256("other", "");
  EXPECT_EQ(HmacSha256("", ""), empty);
}

TEST(StandardSignature, MatchesThePublishedVector) {
  const Secret secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  EXPECT_EQ(StandardSignature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(PlatformSignature, KeysWithTheWholeSecretString) {
  const Secret secret("whsec_abc");
  EXPECT_EQ(PlatformSignature(secret, "{}"), "sha256=" + ToHex(HmacSha256("whsec_abc", "{}")));
}

TEST(SigningSecret, OnesThatWeMakeAreAccepted) {
  const Secret secret = NewSigningSecret();
  EXPECT_EQ(secret.Reveal().size(), 6U + 44U);
  EXPECT_TRUE(CheckSigningSecret(secret, "/secret").ok());
  EXPECT_NE(secret, NewSigningSecret());
}

TEST(SigningSecret, RefusesWeakAndMalformedOnes) {
  for (const char* text : {"", "short", "whsec_", "whsec_AAAA", "whsec_not base64 at all, but long enough",
                           "has a space in it, otherwise long"}) {
    const Status checked = CheckSigningSecret(Secret(text), "/secret");
    ASSERT_FALSE(checked.ok()) << text;
    EXPECT_EQ(checked.error().violations.at(0).pointer, "/secret");
  }
  EXPECT_TRUE(CheckSigningSecret(Secret(std::string(24, 'x')), "").ok());
  EXPECT_FALSE(CheckSigningSecret(Secret(std::string(129, 'x')), "").ok());
}

class EnvelopeTest : public ::testing::Test {
 protected:
  Envelope envelope = *Envelope::Create(Secret(std::string(32, 'k')));
};

TEST_F(EnvelopeTest, OpensWhatItSealed) {
  const std::string sealed = envelope.Seal("whsec_clear", "account/webhook");
  EXPECT_EQ(sealed.find("whsec_clear"), std::string::npos);
  EXPECT_EQ(envelope.Open(sealed, "account/webhook")->Reveal(), "whsec_clear");
  EXPECT_NE(sealed, envelope.Seal("whsec_clear", "account/webhook"));
  EXPECT_EQ(envelope.Open(envelope.Seal("", ""), "")->Reveal(), "");
}

TEST_F(EnvelopeTest, RefusesAnotherContextKeyOrByte) {
  const std::string sealed = envelope.Seal("whsec_clear", "account/webhook");
  EXPECT_FALSE(envelope.Open(sealed, "account/other").ok());
  EXPECT_FALSE(Envelope::Create(Secret(std::string(32, 'x')))->Open(sealed, "account/webhook").ok());
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(envelope.Open(changed, "account/webhook").ok()) << i;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(envelope.Open(sealed.substr(0, size), "account/webhook").ok()) << size;
  }
}

TEST_F(EnvelopeTest, IsRewrappedUnderANewKey) {
  const Secret old_key(std::string(32, 'k'));
  const Secret new_key(std::string(32, 'n'));
  const std::string sealed = envelope.Seal("whsec_clear", "account/webhook");
  const Envelope both = *Envelope::Create(new_key, {old_key});
  EXPECT_EQ(both.Open(sealed, "account/webhook")->Reveal(), "whsec_clear");
  EXPECT_FALSE(sealed.starts_with(both.header()));
  const std::string fresh = *both.Rewrap(sealed, "account/webhook");
  EXPECT_TRUE(fresh.starts_with(both.header()));
  EXPECT_EQ(Envelope::Create(new_key)->Open(fresh, "account/webhook")->Reveal(), "whsec_clear");
  EXPECT_FALSE(envelope.Open(fresh, "account/webhook").ok());
  EXPECT_FALSE(both.Rewrap(sealed, "account/other").ok());
  std::string changed = sealed;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  EXPECT_FALSE(both.Rewrap(changed, "account/webhook").ok());
}

TEST_F(EnvelopeTest, RefusesAKeyOfAnotherSize) {
  EXPECT_FALSE(Envelope::Create(Secret("short")).ok());
}

TEST(ApiKey, IsReadFromABearerHeader) {
  EXPECT_EQ(BearerToken("Bearer whk_1"), "whk_1");
  EXPECT_EQ(BearerToken("bEARER  whk_1 "), "whk_1");
  for (const char* text : {"", "Bearer", "Bearer ", "Basic whk_1", "whk_1", "Bearer a b"})
    EXPECT_EQ(BearerToken(text), "");
}

TEST(ApiKey, IsKnownByItsHmacAlone) {
  const Secret key = NewApiKey();
  EXPECT_EQ(key.Reveal().size(), 4U + 43U);
  EXPECT_EQ(ApiKeyHmac(Secret("pepper"), key.Reveal()), HmacSha256("pepper", key.Reveal()));
}

TEST(SessionToken, IsNewEachTimeAndFitsACookie) {
  const std::string token = NewSessionToken().Reveal();
  EXPECT_EQ(token.size(), 43U);
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
  EXPECT_NE(token, NewSessionToken().Reveal());
}

TEST(SessionToken, WhatIsStoredAndWhatAPageShowsSayNothingOfEachOther) {
  const Secret pepper("pepper");
  const std::string hmac = SessionHmac(pepper, "token");
  const std::string csrf = CsrfToken(pepper, "token");
  EXPECT_EQ(hmac.size(), 32U);
  EXPECT_EQ(csrf.size(), 43U);
  EXPECT_NE(ToBase64Url(hmac), csrf);
  EXPECT_NE(hmac, ApiKeyHmac(pepper, "token")) << "nor is a token a key";
  EXPECT_EQ(csrf, CsrfToken(pepper, "token")) << "derived, so that nobody has to keep it";
  EXPECT_NE(csrf, CsrfToken(pepper, "other"));
  EXPECT_NE(csrf, CsrfToken(Secret("other"), "token"));
}

TEST(ConstantTimeEqual, ComparesAll) {
  EXPECT_TRUE(ConstantTimeEqual("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "ab"));
  EXPECT_TRUE(ConstantTimeEqual("", ""));
}

}  // namespace
}  // namespace webhook::crypto
