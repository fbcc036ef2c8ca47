#include "services/delivery-worker/adapters/append_answers.h"

#include <utility>

#include "runtime/clock.h"
#include "services/delivery-worker/adapters/partition_runner.h"

namespace webhook {

std::function<void(const Result<std::int64_t>&)> AppendAnswers::Expect(std::weak_ptr<PartitionRunner> runner,
                                                                       Token token) {
  if (free_.empty()) {
    free_.push_back(expected_.size());
    expected_.emplace_back();
  }
  const std::size_t place = free_.back();
  free_.pop_back();
  expected_[place] = {std::move(runner), token};
  // So little fits into a std::function itself.
  return [this, place](const Result<std::int64_t>& offset) {
    Put({place, Appended{offset.ok(), offset.ok() ? *offset : -1}});
  };
}

void AppendAnswers::Put(const Answer& answer) {
  {
    const std::lock_guard lock(mutex_);
    answers_.push_back(answer);
    if (answers_.size() > 1) return;
  }
  loop_.Post([this] { Tell(); });
}

void AppendAnswers::Tell() {
  told_.clear();
  {
    const std::lock_guard lock(mutex_);
    told_.swap(answers_);
  }
  const Now now = runtime::ReadClock();
  for (const Answer& answer : told_) {
    // Its place may be taken again inside OnAppended().
    const Expected expected = std::exchange(expected_[answer.place], {});
    free_.push_back(answer.place);
    if (const auto runner = expected.runner.lock()) runner->OnAppended(expected.token, answer.appended, now);
  }
}

}  // namespace webhook
