#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "runtime/thread.h"

namespace webhook::log {

// Writes lines to a file descriptor from a thread of its own: whoever logs never waits for whoever reads.
// Lines that find no room are dropped and counted. All methods from any thread.
class LineSink {
 public:
  LineSink(int descriptor, std::size_t max_bytes);
  ~LineSink();  // does not wait for a reader: Flush() before

  void Write(std::string_view line);
  // How many lines were dropped since it was asked last.
  std::uint64_t TakeLost();
  // Waits until all is written, or time is up.
  bool Flush(std::chrono::milliseconds timeout);

 private:
  void Run();
  // Gives up where the descriptor is closed or the sink ends.
  void WriteOut(std::string_view text);

  const int descriptor_;
  const std::size_t max_bytes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string waiting_;
  bool writing_ = false;
  bool stopped_ = false;
  bool flushes_ = false;  // somebody waits for what is there to be written
  std::uint64_t lost_ = 0;
  runtime::Thread thread_;
};

}  // namespace webhook::log
