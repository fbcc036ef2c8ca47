#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "core/result.h"
#include "kafka/producer.h"
#include "runtime/event_loop.h"
#include "services/delivery-worker/engine/ports.h"

namespace webhook {

class PartitionRunner;

// Brings the broker's answers to what the runners of one loop append back to that loop: many in one turn of
// it, and none with an allocation of its own. Keeps room for as many as were ever under way at once. Outlives
// the producer, which may answer until it goes.
class AppendAnswers {
 public:
  explicit AppendAnswers(runtime::EventLoop& loop) : loop_(loop) {}
  AppendAnswers(const AppendAnswers&) = delete;
  AppendAnswers& operator=(const AppendAnswers&) = delete;

  // Who hears of the one record that is appended next, exactly once and from any thread: by the producer, or,
  // of what it does not accept, by the caller. runner.OnAppended() is then told on the loop, if the runner
  // still lives. On the loop only.
  kafka::Producer::Listener& Expect(std::weak_ptr<PartitionRunner> runner, Token token);

 private:
  // One append under way, or none.
  struct Expected final : kafka::Producer::Listener {
    explicit Expected(AppendAnswers& answers) : all(answers) {}
    void OnAnswer(const Result<std::int64_t>& offset) override;

    AppendAnswers& all;
    std::weak_ptr<PartitionRunner> runner;
    Token token = 0;
    Appended appended;
  };

  void Put(Expected& answered);
  void Tell();

  runtime::EventLoop& loop_;
  std::deque<Expected> expected_;  // on the loop's thread only, as are free_ and told_
  std::vector<Expected*> free_;    // of them
  std::vector<Expected*> told_;
  std::mutex mutex_;
  std::vector<Expected*> answered_;  // where it is not empty, Tell() is on its way
};

}  // namespace webhook
