#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace webhook::runtime {

// A fixed number of threads for blocking work, with a bounded queue before them.
class WorkerPool {
 public:
  WorkerPool(std::string thread_name, std::size_t threads, std::size_t max_queued);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();  // Stop()

  // False where the queue is full or the pool stopped: the caller refuses the work. From any thread.
  [[nodiscard]] bool TryRun(std::function<void()> work);
  // Finishes what is queued, then ends the threads. Idempotent.
  void Stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace webhook::runtime
