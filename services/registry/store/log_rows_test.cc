#include "services/registry/store/log_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace webhook::store {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LogRows : public ::testing::Test {
 protected:
  AttemptRecord& Add(int attempt, DeliveryState state, bool requested = true) {
    AttemptRecord& record = made_.emplace_back();
    record.delivery_id = DeliveryId("delivery_1");
    record.webhook_id = WebhookId("webhook_1");
    record.account = AccountId("account_1");
    record.attempt = attempt;
    record.state = state;
    record.requested = requested;
    record.started_at = WallTime(seconds(attempt));
    records_.push_back(&record);
    return record;
  }
  const AttemptRecord* Furthest() {
    const Records furthest = FurthestOn(records_);
    return furthest.size() == 1 ? furthest[0] : nullptr;
  }

  std::deque<AttemptRecord> made_;
  Records records_;
};

TEST_F(LogRows, AnEventAndARequestAreRowsOnce) {
  Event first;
  first.account = AccountId("a");
  first.id = EventId("1");
  Event again = first;
  Event other = first;
  other.account = AccountId("b");
  Event later = first;
  later.accepted_at += seconds(1);
  EXPECT_THAT(DistinctEvents({&first, &again, &other, &later}), ElementsAre(&first, &other, &later));
  const auto& one = Add(1, DeliveryState::kWaiting);
  Add(1, DeliveryState::kWaiting);
  const auto& two = Add(2, DeliveryState::kWaiting);
  Add(3, DeliveryState::kWaiting, false);
  EXPECT_THAT(DistinctRequests(records_), ElementsAre(&one, &two));
}

TEST_F(LogRows, ANotificationThatFollowsFromItsEventIsNotKept) {
  const AccountId account("account_1");
  const EventId event("event_1");
  const NotificationId derived = DeriveNotificationId(account, event);
  EXPECT_EQ(KeptNotification(derived, account, event), "");
  EXPECT_EQ(NotificationOf("", account, event), derived);
  const NotificationId other("webhook_other");
  EXPECT_EQ(NotificationOf(KeptNotification(other, account, event), account, event), other);
}

TEST_F(LogRows, WhatIsFurthestOnStands) {
  Add(2, DeliveryState::kWaiting);
  Add(1, DeliveryState::kWaiting);
  EXPECT_EQ(Furthest(), records_[0]) << "the higher attempt";
  Add(2, DeliveryState::kWaiting, false);
  EXPECT_EQ(Furthest(), records_[0]) << "a request tells more than none";
  Add(2, DeliveryState::kWaiting);
  EXPECT_EQ(Furthest(), records_[3]) << "the later of two that are alike";
  Add(1, DeliveryState::kFailed);
  Add(3, DeliveryState::kWaiting);
  EXPECT_EQ(Furthest(), records_[4]) << "one that ended";
  Add(1, DeliveryState::kDelivered);
  Add(9, DeliveryState::kFailed);
  EXPECT_EQ(Furthest(), records_[6]) << "delivered is delivered";
  Add(1, DeliveryState::kPending, false).run = 1;
  EXPECT_EQ(Furthest(), records_[8]) << "a newer run";
}

TEST_F(LogRows, ADeliveryIsThatOfOnePublish) {
  Add(1, DeliveryState::kDelivered);
  Add(1, DeliveryState::kDelivered).accepted_at += seconds(1);
  Add(1, DeliveryState::kDelivered).delivery_id = DeliveryId("delivery_2");
  EXPECT_THAT(FurthestOn(records_), SizeIs(3));
}

TEST_F(LogRows, FailuresAfterTheLastSuccessMakeAWebhookFailing) {
  Add(5, DeliveryState::kDelivered);
  Add(4, DeliveryState::kFailed);
  EXPECT_FALSE(HealthOf(records_)[0].failing_since) << "it began before";
  EXPECT_EQ(HealthOf(records_)[0].newest_failure, records_[1]);
  Add(8, DeliveryState::kWaiting);
  Add(7, DeliveryState::kFailed);
  const auto health = HealthOf(records_);
  ASSERT_THAT(health, SizeIs(1));
  EXPECT_EQ(health[0].webhook, "webhook_1");
  EXPECT_EQ(health[0].account->str(), "account_1");
  EXPECT_EQ(health[0].last_success, WallTime(seconds(5)));
  EXPECT_EQ(health[0].failing_since, WallTime(seconds(7)));
  EXPECT_EQ(health[0].newest_failure, records_[2]);
}

TEST_F(LogRows, TestsAndWhatWasNotSentSayNothingOfHealth) {
  Add(1, DeliveryState::kFailed).kind = DeliveryKind::kTest;
  Add(2, DeliveryState::kSkipped, false);
  EXPECT_THAT(HealthOf(records_), IsEmpty());
}

}  // namespace
}  // namespace webhook::store
