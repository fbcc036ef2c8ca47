#include "log/internal/line_sink.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace webhook::log {
namespace {

// A pipe that is ready takes so much without blocking (POSIX PIPE_BUF).
constexpr std::size_t kChunk = 4'096;
constexpr int kLookMs = 100;
// Lines wait for company: to wake a thread for each costs more than to write it.
constexpr std::chrono::milliseconds kGather{5};
constexpr std::size_t kEnough = 64u << 10;

}  // namespace

LineSink::LineSink(int descriptor, std::size_t max_bytes)
    : descriptor_(descriptor), max_bytes_(max_bytes), thread_("log", [this] { Run(); }) {}

LineSink::~LineSink() {
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.Join();
}

// The thread is woken for the first line, which waits for company, and once more where that is enough.
void LineSink::Write(std::string_view line) {
  {
    const std::scoped_lock lock(mutex_);
    const std::size_t before = waiting_.size();
    if (waiting_.size() + line.size() > max_bytes_) {
      ++lost_;
      return;
    }
    waiting_ += line;
    if (before > 0 && (before >= kEnough || waiting_.size() < kEnough)) return;
  }
  changed_.notify_all();
}

std::uint64_t LineSink::TakeLost() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(lost_, 0);
}

bool LineSink::Flush(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  flushes_ = true;
  changed_.notify_all();
  return changed_.wait_for(lock, timeout, [this] { return waiting_.empty() && !writing_; });
}

void LineSink::Run() {
  std::string text;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
    if (stopped_) return;
    changed_.wait_for(lock, kGather, [this] { return stopped_ || flushes_ || waiting_.size() >= kEnough; });
    flushes_ = false;
    text.clear();
    text.swap(waiting_);
    writing_ = true;
    lock.unlock();
    WriteOut(text);
    lock.lock();
    writing_ = false;
    changed_.notify_all();
  }
}

void LineSink::WriteOut(std::string_view text) {
  while (!text.empty()) {
    pollfd ready{descriptor_, POLLOUT, 0};
    const int answered = poll(&ready, 1, kLookMs);
    {
      const std::scoped_lock lock(mutex_);
      if (stopped_) return;
    }
    if (answered == 0 || (answered < 0 && errno == EINTR)) continue;
    const ssize_t written = write(descriptor_, text.data(), std::min(text.size(), kChunk));
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EAGAIN && errno != EINTR) {
      return;  // closed: nobody will read it
    }
  }
}

}  // namespace webhook::log
