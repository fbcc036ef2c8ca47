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
// live on the same loop (context()).
class EventLoop {
 public:
  // Starts the thread.
  explicit EventLoop(std::string thread_name);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();  // Stop()

  // Runs fn on the loop, after what was posted before. From any thread. After Stop() fn is dropped.
  void Post(std::function<void()> fn);
  // Runs fn once on the loop after the delay. From any thread.
  void PostAfter(std::chrono::microseconds delay, std::function<void()> fn);
  // Runs fn on the loop each period, until the loop stops. From any thread.
  void Every(std::chrono::milliseconds period, std::function<void()> fn);
  // True on the loop's own thread.
  bool InLoop() const;
  // Ends the thread after the function that it is in; what is still posted is dropped. Idempotent; not from
  // the loop.
  void Stop();

  // For libs/http alone.
  boost::asio::io_context& context();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace webhook::runtime
