#include "services/delivery-worker/adapters/reliable_append.h"

#include <chrono>
#include <utility>

#include "log/log.h"

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kRetry{200};
// A stop is noticed while an acknowledgement is waited for.
constexpr std::chrono::milliseconds kLook{100};

}  // namespace

struct ReliableAppend::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t open = 0;
  std::vector<std::size_t> failed;
  std::string last_error;
};

ReliableAppend::ReliableAppend(kafka::Producer& producer, const runtime::StopToken& stop)
    : producer_(producer), stop_(stop), state_(std::make_shared<State>()) {}

void ReliableAppend::Add(Record record) {
  records_.push_back(std::move(record));
  Produce(records_.size() - 1);
}

void ReliableAppend::Produce(std::size_t index) {
  {
    const std::lock_guard lock(state_->mutex);
    ++state_->open;
  }
  const auto done = [state = state_, index](const Status& status) {
    const std::lock_guard lock(state->mutex);
    --state->open;
    if (!status) {
      state->failed.push_back(index);
      state->last_error = status.error().message;
    }
    if (state->open == 0) state->changed.notify_all();
  };
  const Record& record = records_[index];
  const Status accepted = producer_.Produce({record.topic, record.partition, record.key, record.value}, done);
  if (!accepted) done(accepted);
}

bool ReliableAppend::Wait() {
  while (true) {
    std::vector<std::size_t> again;
    {
      std::unique_lock lock(state_->mutex);
      while (state_->open > 0) {
        state_->changed.wait_for(lock, kLook);
        if (state_->open > 0 && stop_.stopped() && !producer_.connected()) return false;
      }
      if (state_->failed.empty()) break;
      log::Warn("append.repeated", {{"records", state_->failed.size()}, {"error", state_->last_error}});
      again.swap(state_->failed);
    }
    if (stop_.WaitFor(kRetry)) return false;
    for (const std::size_t index : again) Produce(index);
  }
  records_.clear();
  return true;
}

}  // namespace webhook
