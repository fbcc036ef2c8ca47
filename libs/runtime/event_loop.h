#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace webhook::runtime {

// One thread that runs posted functions and timers in order: what it runs needs no lock. Sockets of libs/http
// live on the same loop (context()). What it runs must not throw: an exception ends the process.
class EventLoop {
 public:
  // Starts the thread.
  explicit EventLoop(std::string thread_name);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();  // Stop(); then destroys what was never run, on the thread that destroys the loop

  // Runs fn on the loop, after what was posted before. From any thread. After Stop() fn is never run: it is
  // kept, and destroyed with the loop.
  void Post(std::function<void()> fn);
  // Runs fn once on the loop, no sooner than the delay after the loop has come to this call. From any thread;
  // after Stop() as Post().
  void PostAfter(std::chrono::microseconds delay, std::function<void()> fn);
  // Runs fn on the loop again and again, until the loop stops: first one period after the loop has come to
  // this call, then each time one period after the end of the run before, so what is late is not made up for.
  // From any thread; after Stop() as Post().
  void Every(std::chrono::milliseconds period, std::function<void()> fn);
  // True on the loop's own thread.
  bool InLoop() const;
  // Ends the thread after the function that it is in, and waits for that. What is still posted, and timers
  // that are not due, are never run, and destroyed with the loop. Idempotent; not from the loop.
  void Stop();

  // For libs/http alone.
  boost::asio::io_context& context();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace webhook::runtime
