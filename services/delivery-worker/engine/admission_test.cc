#include "services/delivery-worker/engine/admission.h"

#include <gtest/gtest.h>

namespace webhook {
namespace {

Webhook To(const std::string& account, const std::string& url) {
  Webhook webhook;
  webhook.account = AccountId(account);
  webhook.url = url;
  return webhook;
}

TEST(Admission, NoAccountTakesAllPlaces) {
  Admission admission({10, 4, 100});
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(admission.Enter(To("account_a", "https://a.example/")));
  EXPECT_FALSE(admission.Enter(To("account_a", "https://b.example/")));
  EXPECT_TRUE(admission.Enter(To("account_b", "https://a.example/")));
  admission.Leave(To("account_a", "https://a.example/"));
  EXPECT_TRUE(admission.Enter(To("account_a", "https://b.example/")));
  EXPECT_EQ(admission.in_flight(), 5U);
}

TEST(Admission, NoHostIsFloodedByManyWebhooks) {
  Admission admission({10, 10, 2});
  EXPECT_TRUE(admission.Enter(To("account_a", "https://victim.example/1")));
  EXPECT_TRUE(admission.Enter(To("account_b", "https://victim.example/2?x=1")));
  EXPECT_FALSE(admission.Enter(To("account_c", "https://victim.example/3")));
  EXPECT_TRUE(admission.Enter(To("account_c", "https://victim.example:8443/3")));
  EXPECT_EQ(admission.in_flight(), 3U);
}

TEST(Admission, TheWholeIsBounded) {
  Admission admission({2, 2, 2});
  EXPECT_TRUE(admission.Enter(To("account_a", "https://a.example/")));
  EXPECT_TRUE(admission.Enter(To("account_b", "https://b.example/")));
  EXPECT_FALSE(admission.Enter(To("account_c", "https://c.example/")));
}

TEST(Admission, KnowsTheAuthority) {
  EXPECT_EQ(AuthorityOf("https://a.example:8443/x/y?q"), "a.example:8443");
  EXPECT_EQ(AuthorityOf("http://[2001:db8::1]:80?q"), "[2001:db8::1]:80");
  EXPECT_EQ(AuthorityOf("https://a.example"), "a.example");
}

}  // namespace
}  // namespace webhook
