#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "core/result.h"
#include "runtime/event_loop.h"
#include "services/delivery-worker/engine/ports.h"

namespace webhook {

class PartitionRunner;

// Brings the broker's answers to what the runners of one loop append back to that loop: many in one turn of
// it, and each without an allocation of its own. Bounded by the producer's queue. Outlives the producer.
class AppendAnswers {
 public:
  explicit AppendAnswers(runtime::EventLoop& loop) : loop_(loop) {}
  AppendAnswers(const AppendAnswers&) = delete;
  AppendAnswers& operator=(const AppendAnswers&) = delete;

  // For kafka::Producer::Produce(): to be called once, from any thread, never inside this call;
  // runner.OnAppended(token) follows on the loop, if the runner still lives. On the loop only.
  std::function<void(const Result<std::int64_t>&)> Expect(std::weak_ptr<PartitionRunner> runner, Token token);

 private:
  struct Expected {
    std::weak_ptr<PartitionRunner> runner;
    Token token = 0;
  };
  struct Answer {
    std::size_t place = 0;  // of what is expected
    Appended appended;
  };

  void Put(const Answer& answer);
  void Tell();

  runtime::EventLoop& loop_;
  std::vector<Expected> expected_;  // the loop's only, as are free_ and told_
  std::vector<std::size_t> free_;   // places there
  std::vector<Answer> told_;
  std::mutex mutex_;
  std::vector<Answer> answers_;  // where it is not empty, Tell() is on its way
};

}  // namespace webhook
