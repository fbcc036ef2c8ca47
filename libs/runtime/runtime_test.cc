#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <future>
#include <iterator>
#include <string>
#include <vector>

#include "runtime/event_loop.h"
#include "runtime/health.h"
#include "runtime/inbox.h"
#include "runtime/memory_file.h"
#include "runtime/process.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"
#include "runtime/worker_pool.h"

namespace webhook::runtime {
namespace {

using ::testing::ElementsAre;

TEST(EventLoop, RunsInOrderOnItsOwnThread) {
  EventLoop loop("test");
  std::vector<int> order;
  std::promise<bool> in_loop;
  loop.Post([&] { order.push_back(1); });
  loop.Post([&] { order.push_back(2); });
  loop.Post([&] { in_loop.set_value(loop.InLoop()); });
  EXPECT_TRUE(in_loop.get_future().get());
  EXPECT_FALSE(loop.InLoop());
  EXPECT_THAT(order, ElementsAre(1, 2));
}

TEST(EventLoop, RunsTimersAndStopsWithThemPending) {
  EventLoop loop("test");
  std::promise<void> ticked;
  auto ticks = std::make_shared<std::atomic<int>>(0);
  loop.Every(std::chrono::milliseconds{1}, [&ticked, ticks] {
    if (++*ticks == 3) ticked.set_value();
  });
  loop.PostAfter(std::chrono::hours{1}, [] { FAIL() << "not yet due"; });
  ticked.get_future().wait();
  loop.Stop();
  loop.Stop();
  loop.Post([] { FAIL() << "dropped after Stop"; });
}

TEST(WorkerPool, RefusesMoreThanItsQueueHoldsAndFinishesTheRest) {
  std::promise<void> release;
  std::promise<void> running;
  std::atomic<int> done{0};
  WorkerPool pool("test", 1, 2);
  ASSERT_TRUE(pool.TryRun([&] {
    running.set_value();
    release.get_future().wait();
    ++done;
  }));
  running.get_future().wait();
  EXPECT_TRUE(pool.TryRun([&] { ++done; }));
  EXPECT_TRUE(pool.TryRun([&] { ++done; }));
  EXPECT_FALSE(pool.TryRun([&] { ++done; }));
  release.set_value();
  pool.Stop();
  EXPECT_EQ(done.load(), 3);
  EXPECT_FALSE(pool.TryRun([] {}));
}

TEST(Inbox, GivesAllAtOnceAndEndsTheWaitWhenItCloses) {
  Inbox<int> inbox;
  inbox.Put(1);
  inbox.Put(2);
  EXPECT_THAT(*inbox.TakeAll(), ElementsAre(1, 2));
  std::promise<bool> ended;
  Thread reader("inbox", [&] { ended.set_value(!inbox.TakeAll()); });
  inbox.Close();
  EXPECT_TRUE(ended.get_future().get());
  inbox.Put(3);
  EXPECT_FALSE(inbox.TakeAll()) << "what came too late is dropped";
  EXPECT_TRUE(inbox.closed());
}

TEST(StopToken, WakesCopies) {
  StopToken token;
  const StopToken copy = token;
  EXPECT_FALSE(copy.WaitFor(std::chrono::milliseconds{0}));
  token.RequestStop();
  EXPECT_TRUE(copy.WaitFor(std::chrono::hours{1}));
  EXPECT_TRUE(copy.stopped());
}

TEST(Health, IsReadyWhenEveryPartIsUpAndNeverAgainOnceItDrains) {
  Health health;
  health.Require("kafka");
  EXPECT_THAT(health.problems(), ElementsAre("kafka: starting"));
  health.SetUp("kafka", false, "connection refused");
  EXPECT_THAT(health.problems(), ElementsAre("kafka: connection refused"));
  EXPECT_FALSE(health.started());
  health.SetUp("kafka", true);
  EXPECT_TRUE(health.ready());
  EXPECT_TRUE(health.started());
  health.SetUp("kafka", false, "gone");
  EXPECT_TRUE(health.started());
  health.SetUp("kafka", true);
  health.BeginDrain();
  EXPECT_THAT(health.problems(), ElementsAre("draining"));
}

std::string ContentOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(MemoryFile, IsReplacedWholeUnderTheSamePath) {
  MemoryFile file("test");
  const std::string path = file.path();
  EXPECT_EQ(ContentOf(path), "");
  file.Replace("a longer text");
  std::ifstream early(path);
  file.Replace("short");
  EXPECT_EQ(ContentOf(path), "short");
  EXPECT_EQ(file.path(), path);
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>(early), {}}), "a longer text");
}

TEST(InstanceName, IsTheHostsAndHasTheProcessWhereThatIsNotAlone) {
  EXPECT_EQ(InstanceName("webhooks-delivery-worker-7d9f-abc12", 1), "webhooks-delivery-worker-7d9f-abc12");
  EXPECT_EQ(InstanceName("laptop", 4711), "laptop-4711");
  EXPECT_EQ(InstanceName("a b/ü", 1), "a-b---");
  EXPECT_EQ(InstanceName(std::string(300, 'x'), 1), std::string(64, 'x'));
  EXPECT_EQ(InstanceName(), InstanceName());
}

TEST(ProcessUse, CountsWhatIsOpenAndGrows) {
  const ProcessUse before = ReadProcessUse();
  EXPECT_GT(before.resident_bytes, 1'000'000);
  EXPECT_GE(before.threads, 1);
  EXPECT_GT(before.max_descriptors, before.open_descriptors);
  const MemoryFile file("test");
  EXPECT_EQ(ReadProcessUse().open_descriptors, before.open_descriptors + 1);
  EXPECT_GE(ReadProcessUse().cpu_seconds, before.cpu_seconds);
}

}  // namespace
}  // namespace webhook::runtime
