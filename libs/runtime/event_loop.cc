#include "runtime/event_loop.h"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <utility>
#include <vector>

#include "core/check.h"
#include "runtime/thread.h"

namespace webhook::runtime {
namespace {

using Timer = boost::asio::steady_timer;

void Rearm(std::shared_ptr<Timer> timer, std::chrono::milliseconds period,
           std::shared_ptr<std::function<void()>> fn) {
  // From now on, not from the last expiry: a loop that was held up does not catch up tick by tick.
  timer->expires_after(period);
  Timer& armed = *timer;
  armed.async_wait(
      [timer = std::move(timer), period, fn = std::move(fn)](const boost::system::error_code& error) {
        if (error) return;
        (*fn)();
        Rearm(timer, period, fn);
      });
}

}  // namespace

struct EventLoop::State {
  // Runs what was posted so far. What that posts is left for the next time: sockets and timers come in
  // between.
  void RunPosted() {
    running.clear();
    {
      const std::lock_guard lock(mutex);
      running.swap(posted);
    }
    for (auto& fn : running) {
      if (context.stopped()) return;
      std::exchange(fn, nullptr)();
    }
  }

  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  std::atomic<std::thread::id> thread_id{};
  std::mutex mutex;
  std::vector<std::function<void()>> posted;   // where it is not empty, RunPosted() is on its way
  std::vector<std::function<void()>> running;  // on the loop's thread only
  Thread thread;
};

EventLoop::EventLoop(std::string thread_name) : state_(std::make_unique<State>()) {
  State* state = state_.get();
  state->thread = Thread(std::move(thread_name), [state] {
    state->thread_id.store(std::this_thread::get_id());
    state->context.run();
  });
}

EventLoop::~EventLoop() {
  Stop();
}

// One wake-up of the loop for all that is posted until it comes to it.
void EventLoop::Post(std::function<void()> fn) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->posted.push_back(std::move(fn));
    if (state_->posted.size() > 1) return;
  }
  boost::asio::post(state_->context, [state = state_.get()] { state->RunPosted(); });
}

void EventLoop::PostAfter(std::chrono::microseconds delay, std::function<void()> fn) {
  Post([this, delay, fn = std::move(fn)]() mutable {
    auto timer = std::make_shared<Timer>(state_->context, delay);
    timer->async_wait([timer, fn = std::move(fn)](const boost::system::error_code& error) {
      if (!error) fn();
    });
  });
}

void EventLoop::Every(std::chrono::milliseconds period, std::function<void()> fn) {
  Post([this, period, fn = std::make_shared<std::function<void()>>(std::move(fn))] {
    Rearm(std::make_shared<Timer>(state_->context), period, fn);
  });
}

bool EventLoop::InLoop() const {
  return state_->thread_id.load() == std::this_thread::get_id();
}

void EventLoop::Stop() {
  CHECK(!InLoop(), "a loop cannot wait for its own end");
  state_->context.stop();
  state_->thread.Join();
}

boost::asio::io_context& EventLoop::context() {
  return state_->context;
}

}  // namespace webhook::runtime
