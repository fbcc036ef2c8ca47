#include "runtime/worker_pool.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "runtime/thread.h"

namespace webhook::runtime {

struct WorkerPool::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> queue;
  std::size_t max_queued = 0;
  bool stopped = false;
  std::vector<Thread> threads;

  void Run() {
    while (true) {
      std::function<void()> work;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return stopped || !queue.empty(); });
        if (queue.empty()) return;
        work = std::move(queue.front());
        queue.pop_front();
      }
      work();
    }
  }
};

WorkerPool::WorkerPool(std::string thread_name, std::size_t threads, std::size_t max_queued)
    : state_(std::make_unique<State>()) {
  state_->max_queued = max_queued;
  for (std::size_t i = 0; i < threads; ++i) {
    state_->threads.emplace_back(thread_name, [state = state_.get()] { state->Run(); });
  }
}

WorkerPool::~WorkerPool() {
  Stop();
}

bool WorkerPool::TryRun(std::function<void()> work) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped || state_->queue.size() >= state_->max_queued) return false;
    state_->queue.push_back(std::move(work));
  }
  state_->changed.notify_one();
  return true;
}

void WorkerPool::Stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopped = true;
  }
  state_->changed.notify_all();
  for (Thread& thread : state_->threads) thread.Join();
}

}  // namespace webhook::runtime
