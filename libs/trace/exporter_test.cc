#include "trace/exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "metrics/families.h"

namespace webhook::trace {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct FakeCollector : CollectorPort {
  void Send(std::string body, std::function<void(Status)> done) override {
    bodies.push_back(std::move(body));
    under_way = std::move(done);
  }
  void Take() { std::exchange(under_way, nullptr)(Ok()); }
  void Fail() { std::exchange(under_way, nullptr)(Error{ErrorCode::kUnavailable, "down", "refused"}); }

  std::vector<std::string> bodies;
  std::function<void(Status)> under_way;
};

class ExporterTest : public ::testing::Test {
 protected:
  static constexpr Exporter::Limits kLimits{.max_queued = 5, .batch = 2};

  void Emit(int count) {
    for (int i = 0; i < count; ++i) {
      Span span;
      span.name = "span-" + std::to_string(++emitted);
      exporter.Emit(std::move(span));
    }
  }
  // Of "exported" or "dropped".
  std::string Counted(const std::string& result) const {
    const std::string text = registry.Render();
    const std::string line = "webhook_trace_spans_total{result=\"" + result + "\"} ";
    const std::size_t at = text.find(line) + line.size();
    return text.substr(at, text.find('\n', at) - at);
  }

  metrics::Registry registry;
  FakeCollector collector;
  int emitted = 0;
  int full = 0;
  std::vector<int> changes;
  Exporter exporter{{collector,
                     {},
                     registry.Make(metrics::kTraceSpans, {{"result", "exported"}}),
                     registry.Make(metrics::kTraceSpans, {{"result", "dropped"}}),
                     [this] { ++full; },
                     [this](const Status& status) { changes.push_back(status ? 1 : 0); }},
                    kLimits};
};

TEST_F(ExporterTest, SendsNothingWhereNothingWaits) {
  exporter.Flush();
  EXPECT_THAT(collector.bodies, IsEmpty());
}

TEST_F(ExporterTest, SendsBatchesOneAtATimeInOrder) {
  Emit(3);
  exporter.Flush();
  exporter.Flush();
  ASSERT_THAT(collector.bodies, SizeIs(1));
  EXPECT_THAT(collector.bodies[0], HasSubstr("span-2"));
  EXPECT_THAT(collector.bodies[0], ::testing::Not(HasSubstr("span-3")));
  collector.Take();
  EXPECT_THAT(collector.bodies, SizeIs(1)) << "the rest is no full batch: it waits for the next second";
  exporter.Flush();
  ASSERT_THAT(collector.bodies, SizeIs(2));
  EXPECT_THAT(collector.bodies[1], HasSubstr("span-3"));
  collector.Take();
  EXPECT_EQ(Counted("exported"), "3");
  EXPECT_EQ(Counted("dropped"), "0");
}

TEST_F(ExporterTest, SendsTheNextFullBatchAtOnce) {
  Emit(4);
  exporter.Flush();
  collector.Take();
  EXPECT_THAT(collector.bodies, SizeIs(2));
}

TEST_F(ExporterTest, AsksToBeFlushedOnceForEachFullBatch) {
  Emit(1);
  EXPECT_EQ(full, 0);
  Emit(3);
  EXPECT_EQ(full, 2);
}

TEST_F(ExporterTest, DropsTheNewestWhereTheQueueIsFull) {
  Emit(7);
  EXPECT_EQ(Counted("dropped"), "2");
  exporter.Flush();
  EXPECT_THAT(collector.bodies[0], HasSubstr("span-1"));
  Emit(3);
  EXPECT_EQ(Counted("dropped"), "3") << "two places were free again";
}

TEST_F(ExporterTest, TriesNoBatchTwiceAndTellsAnOutageOnce) {
  Emit(5);
  exporter.Flush();
  collector.Fail();
  collector.Fail();
  EXPECT_THAT(changes, ElementsAre(0));
  exporter.Flush();
  collector.Take();
  EXPECT_THAT(changes, ElementsAre(0, 1));
  EXPECT_EQ(Counted("dropped"), "4");
  EXPECT_EQ(Counted("exported"), "1");
}

TEST_F(ExporterTest, SendsAllThatWaitsBeforeItCloses) {
  bool closed = false;
  Emit(3);
  exporter.Close([&] { closed = true; });
  collector.Take();
  EXPECT_FALSE(closed);
  collector.Take();
  EXPECT_TRUE(closed);
  EXPECT_EQ(Counted("exported"), "3");
  Emit(1);
  EXPECT_EQ(Counted("dropped"), "1");
}

TEST_F(ExporterTest, DropsTheRestWhereTheCollectorFailsAtTheEnd) {
  bool closed = false;
  Emit(5);
  exporter.Close([&] { closed = true; });
  collector.Fail();
  EXPECT_TRUE(closed);
  EXPECT_THAT(collector.bodies, SizeIs(1));
  EXPECT_EQ(Counted("dropped"), "5");
}

TEST_F(ExporterTest, CountsWhatIsOnItsWayWhenTheTimeIsOver) {
  Emit(3);
  exporter.Close([] {});
  exporter.DropRest();
  EXPECT_EQ(Counted("dropped"), "3");
}

}  // namespace
}  // namespace webhook::trace
