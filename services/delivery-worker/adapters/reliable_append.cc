#include "services/delivery-worker/adapters/reliable_append.h"

#include <chrono>
#include <utility>

#include "log/log.h"
#include "runtime/clock.h"

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kRetry{200};
// A stop is noticed while an acknowledgement is waited for.
constexpr std::chrono::milliseconds kLook{100};
constexpr std::chrono::seconds kStopGrace{5};
constexpr std::size_t kMaxBytes = 8u << 20;

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
  if (bytes_ > kMaxBytes) static_cast<void>(Wait());
  if (given_up_) return;
  bytes_ += record.key.size() + record.value.size();
  records_.push_back(std::move(record));
  Produce(records_.size() - 1);
}

bool ReliableAppend::GivenUp() {
  if (!stop_.stopped()) return false;
  const MonoTime now = runtime::ReadClock().mono;
  if (!stop_seen_) stop_seen_ = now;
  given_up_ = !producer_.connected() || now - *stop_seen_ > kStopGrace;
  return given_up_;
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
  while (!given_up_) {
    std::vector<std::size_t> again;
    {
      std::unique_lock lock(state_->mutex);
      while (state_->open > 0) {
        state_->changed.wait_for(lock, kLook);
        if (state_->open > 0 && GivenUp()) return false;
      }
      if (state_->failed.empty()) {
        records_.clear();
        bytes_ = 0;
        return true;
      }
      log::Warn("append.repeated", {{"records", state_->failed.size()}, {"error", state_->last_error}});
      again.swap(state_->failed);
    }
    if (GivenUp()) return false;
    static_cast<void>(runtime::StopToken().WaitFor(kRetry));
    for (const std::size_t index : again) Produce(index);
  }
  return false;
}

}  // namespace webhook
