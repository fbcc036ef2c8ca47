#include <gtest/gtest.h>

#include <map>

#include "domain/event_pattern.h"
#include "domain/hash.h"
#include "domain/ids.h"
#include "domain/retry_schedule.h"
#include "domain/topics.h"

namespace webhook {
namespace {

TEST(EventPattern, CoversTypesBelowItsPrefixOnly) {
  EXPECT_TRUE(Matches("*", "user.created"));
  EXPECT_TRUE(Matches("user.*", "user.created"));
  EXPECT_FALSE(Matches("user.*", "users.created"));
  EXPECT_FALSE(Matches("user.*", "user"));
  EXPECT_FALSE(Matches("user.created", "user.created.now"));
}

TEST(EventPattern, HasOneStarAtTheEnd) {
  for (const char* good : {"*", "user.*", "a.b.*", "api.rate_limit_exceeded"})
    EXPECT_TRUE(IsEventPattern(good)) << good;
  for (const char* bad :
       {"", "user", "a.**", "*.*", ".a", "a..b", "a.", "User.created", "a.*.b", "a\r\nX: y", "a b.c"})
    EXPECT_FALSE(IsEventPattern(bad)) << bad;
}

TEST(Ids, DeliveryIdIsTheSameForTheSameEventAndWebhook) {
  const AccountId account("account_a");
  const auto first = DeriveDeliveryId(account, EventId("e1"), WebhookId("webhook_1"));
  EXPECT_EQ(first, DeriveDeliveryId(account, EventId("e1"), WebhookId("webhook_1")));
  EXPECT_NE(first, DeriveDeliveryId(account, EventId("e1"), WebhookId("webhook_2")));
  EXPECT_NE(first, DeriveDeliveryId(AccountId("account_b"), EventId("e1"), WebhookId("webhook_1")));
  EXPECT_EQ(first.str().size(), std::string("delivery_").size() + 26);
}

// A changed derivation would let a repeated fan-out send everything again under other ids.
TEST(Ids, DerivationNeverChanges) {
  EXPECT_EQ(DeriveDeliveryId(AccountId("account_a"), EventId("e1"), WebhookId("webhook_1")).str(),
            "delivery_0hasbyts42apg9gg6qz1980gvc");
  EXPECT_EQ(DeriveNotificationId(AccountId("account_a"), EventId("e1")).str(),
            "webhook_5baqjshzz2bvgr5tkcja3ms5g4");
}

TEST(Sha1, IsThatOfRfc3174) {
  const auto hex = [](std::string_view text) {
    const auto digest = Sha1(text);
    return ToHex({reinterpret_cast<const char*>(digest.data()), digest.size()});
  };
  EXPECT_EQ(hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(hex(std::string(1'000'000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

TEST(Ids, TimeOrderedIdsSortByTime) {
  const WallTime early{std::chrono::seconds{1'700'000'000}};
  Bytes16 high;
  high.fill(255);
  EXPECT_LT(TimeOrderedId("webhook", early, high),
            TimeOrderedId("webhook", early + std::chrono::milliseconds{1}, Bytes16{}));
}

TEST(RetrySchedule, PlatformPresetIsTheContract) {
  const auto schedule = SchedulePreset("platform");
  ASSERT_TRUE(schedule);
  std::chrono::seconds waited{0};
  for (const auto pause : *schedule) waited += pause;
  EXPECT_EQ(schedule->size(), 5u);
  EXPECT_EQ(waited, std::chrono::seconds{81 * 60 + 15});
  EXPECT_EQ(PresetName(*schedule), "platform");
}

TEST(Topics, AnEndpointHasOnePartitionForEver) {
  EXPECT_EQ(DeliveryPartition(WebhookId("webhook_1"), 48), 5);
}

TEST(Topics, AttemptsHaveAsManyPartitionsAsDeliveriesAndNoTopicHasNone) {
  for (const int chosen : {1, 12, kDeliveryPartitions}) {
    std::map<std::string, int> partitions;
    for (const TopicSpec& topic : AllTopics(chosen)) partitions[topic.name] = topic.partitions;
    EXPECT_EQ(partitions[kDeliveriesTopic], chosen);
    EXPECT_EQ(partitions[kAttemptsTopic], chosen);
    for (const auto& [name, count] : partitions) EXPECT_GE(count, 1) << name;
  }
}

}  // namespace
}  // namespace webhook
