#include "services/delivery-worker/adapters/append_answers.h"

#include <utility>

#include "runtime/clock.h"
#include "services/delivery-worker/adapters/partition_runner.h"

namespace webhook {

kafka::Producer::Listener& AppendAnswers::Expect(std::weak_ptr<PartitionRunner> runner, Token token) {
  if (free_.empty()) free_.push_back(&expected_.emplace_back(*this));
  Expected& expected = *free_.back();
  free_.pop_back();
  expected.runner = std::move(runner);
  expected.token = token;
  return expected;
}

void AppendAnswers::Expected::OnAnswer(const Result<std::int64_t>& offset) {
  appended = {offset.ok(), offset.ok() ? *offset : -1};
  all.Put(*this);
}

void AppendAnswers::Put(Expected& answered) {
  {
    const std::lock_guard lock(mutex_);
    answered_.push_back(&answered);
    if (answered_.size() > 1) return;
  }
  loop_.Post([this] { Tell(); });
}

void AppendAnswers::Tell() {
  told_.clear();
  {
    const std::lock_guard lock(mutex_);
    told_.swap(answered_);
  }
  const Now now = runtime::ReadClock();
  for (Expected* const answered : told_) {
    const auto runner = std::exchange(answered->runner, {}).lock();
    const Token token = answered->token;
    const Appended appended = answered->appended;
    free_.push_back(answered);  // what it is told may append again
    if (runner) runner->OnAppended(token, appended, now);
  }
}

}  // namespace webhook
