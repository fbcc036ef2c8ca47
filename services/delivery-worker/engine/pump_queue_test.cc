#include "services/delivery-worker/engine/pump_queue.h"

#include <gtest/gtest.h>

namespace webhook {
namespace {

using std::chrono::seconds;

constexpr WallTime kStart{seconds{1'700'000'000}};

PumpQueue::Waiting At(std::int64_t offset, seconds release) {
  return {offset, kStart + release, kStart + release, WebhookId("webhook_a"), DeliveryId("delivery_1"),
          "value"};
}

TEST(PumpQueue, ReleasesInAppendOrderAndOnlyWhatIsDue) {
  PumpQueue queue;
  ASSERT_TRUE(queue.Add(At(0, seconds{5})));
  ASSERT_TRUE(queue.Add(At(1, seconds{6})));
  EXPECT_EQ(queue.next_release(), kStart + seconds{5});
  EXPECT_FALSE(queue.TakeDue(kStart).has_value());
  EXPECT_EQ(queue.TakeDue(kStart + seconds{5})->offset, 0);
  EXPECT_FALSE(queue.TakeDue(kStart + seconds{5}).has_value());
  EXPECT_EQ(queue.size(), 1U);
  EXPECT_EQ(queue.bytes(), 5U);
}

TEST(PumpQueue, CommitsOnlyWhatLiesElsewhere) {
  PumpQueue queue;
  queue.Add(At(0, seconds{0}));
  queue.Add(At(1, seconds{0}));
  queue.AddPoison(2);
  auto first = queue.TakeDue(kStart);
  auto second = queue.TakeDue(kStart);
  queue.OnMoved(1);
  queue.OnMoved(2);
  EXPECT_EQ(queue.committable(), 0);
  queue.OnMoved(first->offset);
  EXPECT_EQ(queue.committable(), 3);
  EXPECT_EQ(second->offset, 1);
}

TEST(PumpQueue, IgnoresWhatIsReadAgain) {
  PumpQueue queue;
  EXPECT_TRUE(queue.Add(At(4, seconds{0})));
  EXPECT_FALSE(queue.Add(At(4, seconds{0})));
  EXPECT_EQ(queue.size(), 1U);
}

}  // namespace
}  // namespace webhook
