#include "services/delivery-worker/engine/stages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/retry_schedule.h"
#include "services/delivery-worker/engine/webhook_index.h"

namespace webhook {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr WallTime kNow{seconds{1'700'000'000}};
constexpr seconds kMaxAge{3 * 24 * 3600};

Webhook MakeWebhook(const std::string& id = "webhook_a") {
  Webhook webhook;
  webhook.id = WebhookId(id);
  webhook.account = AccountId("account_1");
  webhook.events = {"user.created"};
  webhook.retry_schedule = *SchedulePreset("platform");
  webhook.permanent_statuses = {400, 410};
  return webhook;
}

Delivery MakeDelivery(int attempt = 1) {
  Event event;
  event.id = EventId("e1");
  event.account = AccountId("account_1");
  event.type = "user.created";
  event.body = "{}";
  Delivery delivery;
  delivery.id = DeliveryId("delivery_1");
  delivery.event = std::make_shared<const Event>(event);
  delivery.webhook_id = WebhookId("webhook_a");
  delivery.attempt = attempt;
  delivery.created_at = kNow;
  return delivery;
}

HttpResult Answer(int status) {
  HttpResult result;
  result.status = status;
  return result;
}

NextStep After(const HttpResult& result, int attempt = 1, double scale = 1) {
  return Decide(MakeDelivery(attempt), MakeWebhook(), Classify(result), result, scale, kNow);
}

TEST(Decide, FollowsTheContractsSchedule) {
  const seconds pauses[] = {seconds{15}, seconds{60}, seconds{300}, seconds{900}, seconds{3600}};
  for (int attempt = 1; attempt <= 5; ++attempt) {
    const NextStep step = After(Answer(500), attempt);
    ASSERT_TRUE(std::holds_alternative<RetryAt>(step)) << attempt;
    EXPECT_EQ(std::get<RetryAt>(step).due, kNow + pauses[attempt - 1]) << attempt;
  }
  const NextStep last = After(Answer(500), 6);
  ASSERT_TRUE(std::holds_alternative<Finish>(last));
  EXPECT_EQ(std::get<Finish>(last).state, DeliveryState::kFailed);
  EXPECT_THAT(std::get<Finish>(last).reason, HasSubstr("Attempt 6 of 6"));
}

TEST(Decide, DeliversOnAny2xx) {
  for (const int status : {200, 201, 204, 299}) {
    const NextStep step = After(Answer(status));
    ASSERT_TRUE(std::holds_alternative<Finish>(step)) << status;
    EXPECT_EQ(std::get<Finish>(step).state, DeliveryState::kDelivered) << status;
  }
}

TEST(Decide, RetriesRedirectsAndEveryOtherStatus) {
  for (const int status : {300, 301, 302, 307, 308, 401, 403, 404, 418, 429, 500, 503, 599}) {
    EXPECT_TRUE(std::holds_alternative<RetryAt>(After(Answer(status)))) << status;
  }
}

TEST(Decide, RejectsPermanentStatusesAndDeactivatesOnGone) {
  const NextStep bad = After(Answer(400));
  EXPECT_EQ(std::get<Finish>(bad).state, DeliveryState::kRejected);
  EXPECT_FALSE(std::get<Finish>(bad).deactivate);
  const NextStep gone = After(Answer(410));
  EXPECT_EQ(std::get<Finish>(gone).state, DeliveryState::kRejected);
  EXPECT_TRUE(std::get<Finish>(gone).deactivate);
}

TEST(Decide, RetryAfterLengthensButNeverShortensAndIsCapped) {
  HttpResult result = Answer(503);
  result.retry_after = seconds{100};
  EXPECT_EQ(std::get<RetryAt>(After(result, 1)).due, kNow + seconds{100});
  EXPECT_EQ(std::get<RetryAt>(After(result, 3)).due, kNow + seconds{300});
  result.retry_after = seconds{1'000'000};
  EXPECT_EQ(std::get<RetryAt>(After(result, 1)).due, kNow + seconds{3600});
}

TEST(Decide, OwnFaultKeepsTheAttemptNumber) {
  HttpResult result;
  result.own_fault = true;
  EXPECT_TRUE(std::holds_alternative<AgainSoon>(After(result)));
}

TEST(Decide, BlocksWhatTheGuardForbids) {
  HttpResult result;
  result.blocked = true;
  result.detail = "loopback";
  const NextStep step = After(result);
  EXPECT_EQ(std::get<Finish>(step).state, DeliveryState::kBlocked);
}

// A name that leads to a forbidden address may be a mistake of an hour.
TEST(Decide, RetriesWhatIsBlockedByItsName) {
  HttpResult result;
  result.blocked = result.blocked_by_name = true;
  EXPECT_EQ(std::get<RetryAt>(After(result, 1)).due, kNow + seconds{15});
  EXPECT_EQ(std::get<Finish>(After(result, 6)).state, DeliveryState::kBlocked);
}

TEST(Decide, NeverRetriesATest) {
  Delivery delivery = MakeDelivery();
  delivery.kind = DeliveryKind::kTest;
  const HttpResult result = Answer(500);
  const NextStep step = Decide(delivery, MakeWebhook(), Classify(result), result, 1, kNow);
  EXPECT_EQ(std::get<Finish>(step).state, DeliveryState::kFailed);
}

TEST(OutcomeWord, NamesEachClass) {
  const Webhook webhook = MakeWebhook();
  const auto word = [&](const HttpResult& result) { return OutcomeWord(Classify(result), webhook); };
  EXPECT_EQ(word(Answer(204)), "success");
  EXPECT_EQ(word(Answer(302)), "http_3xx");
  EXPECT_EQ(word(Answer(404)), "http_4xx");
  EXPECT_EQ(word(Answer(429)), "http_429");
  EXPECT_EQ(word(Answer(502)), "http_5xx");
  EXPECT_EQ(word(Answer(400)), "permanent");
  HttpResult unreached;
  unreached.fault = NetFault::kTimeoutTls;
  EXPECT_EQ(word(unreached), "timeout_tls");
}

TEST(WaitTopic, TakesTheGreatestTierThatIsNotLonger) {
  EXPECT_STREQ(WaitTopic(kNow + seconds{14}, kNow, 1), "webhook.deliveries");
  EXPECT_STREQ(WaitTopic(kNow + seconds{15}, kNow, 1), "webhook.wait.15s");
  EXPECT_STREQ(WaitTopic(kNow + seconds{59}, kNow, 1), "webhook.wait.15s");
  EXPECT_STREQ(WaitTopic(kNow + seconds{60}, kNow, 1), "webhook.wait.60s");
  EXPECT_STREQ(WaitTopic(kNow + seconds{86'400}, kNow, 1), "webhook.wait.3600s");
  EXPECT_STREQ(WaitTopic(kNow + milliseconds{1'200}, kNow, 0.02), "webhook.wait.60s");
  EXPECT_STREQ(WaitTopic(kNow - seconds{1}, kNow, 1), "webhook.deliveries");
}

TEST(Judge, TellsWhyNoRequestIsMade) {
  Webhook webhook = MakeWebhook();
  Delivery delivery = MakeDelivery();
  delivery.config_revision = 7;
  const auto judge = [&](const Webhook* known, std::int64_t revision, WallTime now = kNow) {
    return Judge(delivery, {known, revision, false}, kMaxAge, now);
  };
  EXPECT_TRUE(std::holds_alternative<SendIt>(judge(&webhook, 7)));
  webhook.cancelled.emplace(delivery.id, delivery.run + 1);
  EXPECT_TRUE(std::holds_alternative<SendIt>(judge(&webhook, 7))) << "another run";
  webhook.cancelled.emplace(delivery.id, delivery.run);
  EXPECT_EQ(std::get<End>(judge(&webhook, 7)).state, DeliveryState::kCancelled);
  webhook.cancelled.clear();
  EXPECT_TRUE(std::holds_alternative<HoldForConfig>(judge(nullptr, 6)));
  EXPECT_EQ(std::get<End>(judge(nullptr, 7)).state, DeliveryState::kCancelled);
  webhook.active = false;
  EXPECT_EQ(std::get<End>(judge(&webhook, 7)).state, DeliveryState::kSkipped);
  EXPECT_TRUE(std::holds_alternative<HoldForConfig>(judge(&webhook, 6)));
  delivery.kind = DeliveryKind::kTest;
  EXPECT_TRUE(std::holds_alternative<SendIt>(judge(&webhook, 7)));
  EXPECT_EQ(std::get<End>(judge(&webhook, 7, kNow + kMaxAge + seconds{1})).outcome, "expired");
  webhook.account = AccountId("account_2");
  EXPECT_EQ(std::get<End>(judge(&webhook, 7)).state, DeliveryState::kCancelled);
}

TEST(Judge, WaitsForACopyThatIsNotOlderThanTheEventButNotForEver) {
  Webhook webhook = MakeWebhook();
  Delivery delivery = MakeDelivery();
  delivery.config_revision = 7;
  const auto judge = [&](const Webhook* known, bool waited) {
    return Judge(delivery, {known, 6, waited}, kMaxAge, kNow);
  };
  EXPECT_TRUE(std::holds_alternative<HoldForConfig>(judge(&webhook, false))) << "its URL may be another now";
  EXPECT_TRUE(std::holds_alternative<SendIt>(judge(&webhook, true)));
  EXPECT_TRUE(std::holds_alternative<HoldForConfig>(judge(nullptr, true))) << "it may be made since";
  webhook.active = false;
  EXPECT_TRUE(std::holds_alternative<HoldForConfig>(judge(&webhook, true))) << "it may be active since";
}

TEST(FanOut, MakesOneDeliveryForEachSubscribedWebhookWithAStableId) {
  WebhookIndex index;
  auto other_type = MakeWebhook("webhook_b");
  other_type.events = {"api.error"};
  auto all = MakeWebhook("webhook_c");
  all.events = {"*"};
  auto foreign = MakeWebhook("webhook_d");
  foreign.account = AccountId("account_2");
  index.Replace({std::make_shared<const Webhook>(MakeWebhook()), std::make_shared<const Webhook>(other_type),
                 std::make_shared<const Webhook>(all), std::make_shared<const Webhook>(foreign)});
  const auto event = MakeDelivery().event;
  const auto first = FanOut(event, *index.Of(event->account), 3, kNow);
  const auto again = FanOut(event, *index.Of(event->account), 4, kNow + seconds{9});
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].webhook_id.str(), "webhook_a");
  EXPECT_EQ(first[1].webhook_id.str(), "webhook_c");
  EXPECT_NE(first[0].id, first[1].id);
  EXPECT_EQ(first[0].id, again[0].id);
  EXPECT_EQ(first[0].config_revision, 3);
}

TEST(WebhookIndex, MovesAWebhookAndForgetsADeletedOne) {
  WebhookIndex index;
  index.Put(std::make_shared<const Webhook>(MakeWebhook()));
  auto changed = MakeWebhook();
  changed.url = "https://new.example";
  index.Put(std::make_shared<const Webhook>(changed));
  EXPECT_EQ(index.size(), 1U);
  EXPECT_EQ(index.Find(changed.id)->url, "https://new.example");
  EXPECT_EQ(index.Of(changed.account)->size(), 1U);
  index.Erase(changed.id);
  EXPECT_EQ(index.Find(changed.id), nullptr);
  EXPECT_TRUE(index.Of(changed.account)->empty());
}

}  // namespace
}  // namespace webhook
