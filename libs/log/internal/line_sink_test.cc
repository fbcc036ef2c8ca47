#include "log/internal/line_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

namespace webhook::log {
namespace {

class LineSinkTest : public ::testing::Test {
 protected:
  LineSinkTest() { EXPECT_EQ(pipe(ends_.data()), 0); }
  ~LineSinkTest() override {
    for (const int end : ends_) close(end);
  }
  // Writes until the pipe takes no more; how much it took.
  std::size_t Fill() {
    const int flags = fcntl(ends_[1], F_GETFL);
    fcntl(ends_[1], F_SETFL, flags | O_NONBLOCK);
    const std::string some(1'000, '.');
    std::size_t filled = 0;
    while (write(ends_[1], some.data(), some.size()) > 0) filled += some.size();
    fcntl(ends_[1], F_SETFL, flags);
    return filled;
  }
  std::string Read(std::size_t bytes) {
    std::string text(bytes, '\0');
    for (std::size_t got = 0; got < bytes;) {
      const ssize_t more = read(ends_[0], text.data() + got, bytes - got);
      if (more <= 0) break;
      got += static_cast<std::size_t>(more);
    }
    return text;
  }
  std::array<int, 2> ends_{};
};

TEST_F(LineSinkTest, WritesLinesInTheirOrder) {
  LineSink sink(ends_[1], 1'000);
  sink.Write("one\n");
  sink.Write("two\n");
  EXPECT_EQ(Read(8), "one\ntwo\n");
  EXPECT_TRUE(sink.Flush(std::chrono::seconds(10)));
  EXPECT_EQ(sink.TakeLost(), 0u);
}

TEST_F(LineSinkTest, AReaderThatStandsStillHoldsUpNobody) {
  const std::string line(1'000, 'x');
  const std::size_t filled = Fill();
  LineSink sink(ends_[1], 10 * line.size());
  for (int i = 0; i < 50; ++i) sink.Write(line);
  EXPECT_FALSE(sink.Flush(std::chrono::milliseconds(1)));
  // Ten wait, and ten may be with the thread.
  const std::uint64_t lost = sink.TakeLost();
  EXPECT_GE(lost, 30u);
  EXPECT_EQ(sink.TakeLost(), 0u);
  static_cast<void>(Read(filled + (50 - lost) * line.size()));
  EXPECT_TRUE(sink.Flush(std::chrono::seconds(10))) << "it goes on once somebody reads";
  for (int i = 0; i < 500; ++i) sink.Write(line);
  // And it ends though nobody does.
}

}  // namespace
}  // namespace webhook::log
