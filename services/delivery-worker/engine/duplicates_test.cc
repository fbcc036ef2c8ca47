#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "services/delivery-worker/engine/delivery_lane_fixture.h"

// What a lane does with records that say the same twice.
namespace webhook {
namespace {

using ::testing::ElementsAre;

using DuplicatesTest = DeliveryLaneTest;

TEST_F(DuplicatesTest, DropsADuplicateOfAnAttemptInFlightOrDone) {
  lane.OnDelivery(NewDelivery(), 40, now);
  lane.OnDelivery(NewDelivery(), 41, now);
  EXPECT_EQ(http.sent.size(), 1U);
  lane.OnResponse(http.sent[0], Answer(200), now);
  AcknowledgeAll();
  lane.OnDelivery(NewDelivery(), 42, now);
  EXPECT_EQ(http.sent.size(), 1U);
  EXPECT_EQ(lane.checkpoint().offset, 43);
}

// Else a successor that reads of the one as complete, from an earlier owner, would lose both (simulator, seed
// 6600).
TEST_F(DuplicatesTest, ADuplicateOfWhatIsHeldIsDoneNoSoonerThanThat) {
  lane.OnDelivery(NewDelivery(), 12, now);
  lane.OnDelivery(NewDelivery(), 14, now);
  EXPECT_EQ(lane.checkpoint().offset, 12);
  EXPECT_THAT(lane.checkpoint().done, ElementsAre(false, true)) << "13 is no record";
  lane.OnResponse(http.sent[0], Answer(200), now);
  AcknowledgeAll();
  EXPECT_EQ(lane.checkpoint().offset, 15);
  EXPECT_EQ(http.sent.size(), 1U);
}

// A wait tier may be quicker than the acknowledgement of the record that tells of the parking.
TEST_F(DuplicatesTest, WhatComesBackWhileItsParkingIsRecordedGoesOn) {
  for (int i = 0; i < 11; ++i) lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
  Pass(seconds{21});
  ASSERT_EQ(journal.waits.size(), 1U);
  const Token parked = std::exchange(journal.open, {}).back();
  lane.OnAppended(parked, {true, 0}, now);  // the wait tier has it; its attempt's record is under way
  lane.OnDelivery(journal.waits[0].delivery, 11, now);
  AcknowledgeAll();
  EXPECT_EQ(lane.held(), 11U);
  for (std::size_t i = 0; i < 10; ++i) lane.OnResponse(http.sent[i], Answer(200), now);
  AcknowledgeAll();
  EXPECT_EQ(lane.checkpoint().offset, 11) << "it is not done";
}

// A pump that dies between an append and its commit leaves duplicates: parked one by one, they would never
// get fewer.
TEST_F(DuplicatesTest, DuplicatesOfWhatIsParkedAreParkedOnce) {
  for (int i = 0; i < 11; ++i) lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
  Pass(seconds{21});
  ASSERT_EQ(journal.waits.size(), 1U);
  lane.OnDelivery(NewDelivery("delivery_10"), 11, now);  // while its parking is under way
  EXPECT_EQ(lane.held(), 11U);
  AcknowledgeAll();
  lane.OnDelivery(NewDelivery("delivery_10"), 12, now);  // and after it
  EXPECT_EQ(lane.held(), 10U);
  lane.OnDelivery(journal.waits[0].delivery, 13, now);
  EXPECT_EQ(lane.held(), 11U) << "what comes back is no duplicate of what was parked";
  for (std::size_t i = 0; i < 10; ++i) lane.OnResponse(http.sent[i], Answer(200), now);
  AcknowledgeAll();
  EXPECT_EQ(lane.checkpoint().offset, 13);
}

TEST_F(DuplicatesTest, EachParkingIsLaterThanTheOneBefore) {
  Delivery delivery = NewDelivery();
  delivery.config_revision = 2;
  delivery.due_at = now.wall + seconds{40};
  lane.OnDelivery(delivery, 1, now);
  Pass(seconds{11});
  ASSERT_EQ(journal.waits.size(), 1U);
  EXPECT_GT(*journal.waits[0].delivery.due_at, *delivery.due_at) << "else it were the same round";
}

TEST_F(DuplicatesTest, ADuplicateOfWhatWaitsIsDropped) {
  for (int i = 0; i < 10; ++i) lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
  lane.OnDelivery(NewDelivery("delivery_x"), 10, now);
  lane.OnDelivery(NewDelivery("delivery_x"), 11, now);
  EXPECT_EQ(lane.held(), 11U);
  Pass(seconds{21});
  EXPECT_EQ(journal.waits.size(), 1U);
  AcknowledgeAll();
  lane.OnDelivery(journal.waits[0].delivery, 12, now);
  EXPECT_EQ(lane.held(), 11U) << "what was parked is no duplicate when it comes back";
}

// Both were appended before a crash, and both are read after it.
TEST_F(DuplicatesTest, AnAttemptThatWaitsIsDroppedWhenTheOneBeforeSucceeds) {
  for (int i = 0; i < 9; ++i) lane.OnDelivery(NewDelivery("delivery_" + std::to_string(i)), i, now);
  lane.OnDelivery(NewDelivery("delivery_x"), 9, now);
  Delivery second = NewDelivery("delivery_x");
  second.attempt = 2;
  lane.OnDelivery(second, 10, now);
  ASSERT_EQ(http.sent.size(), 10U);
  lane.OnResponse(http.sent[9], Answer(200), now);
  AcknowledgeAll();
  EXPECT_EQ(http.sent.size(), 10U);
  EXPECT_EQ(lane.held(), 9U);
}

TEST_F(DuplicatesTest, ARedeliveryIsARunOfItsOwn) {
  lane.OnDelivery(NewDelivery(), 0, now);
  lane.OnResponse(http.sent[0], Answer(200), now);
  AcknowledgeAll();
  Delivery again = NewDelivery();
  again.run = 1;
  again.kind = DeliveryKind::kRedelivery;
  lane.OnDelivery(again, 1, now);
  EXPECT_EQ(http.sent.size(), 2U);
}

}  // namespace
}  // namespace webhook
