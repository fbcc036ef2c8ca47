#include "services/event-ingest/publish/publisher.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace webhook {
namespace {

Error Unknown(const std::string& why) {
  return {ErrorCode::kUnavailable, "not_acknowledged",
          "the event log did not acknowledge the event (" + why + "); repeat with the same event_id"};
}

}  // namespace

Publisher::Publisher(EventLogPort& log, const Limits& limits)
    : log_(log), limits_(limits), acknowledged_(limits.remembered) {}

void Publisher::Publish(const Event& event, MonoTime deadline, Done done) {
  const Bytes16 fingerprint = Fingerprint(event);
  const std::size_t bytes = event.body.size();
  Key key{deadline, 0};
  Answer refused;
  {
    const std::scoped_lock lock(mutex_);
    if (acknowledged_.Contains(fingerprint)) {
      refused.duplicate = true;
    } else if (!log_.connected()) {
      refused.status = Unknown("no broker answers");
    } else if (events_ >= limits_.max_events || bytes_ + bytes > limits_.max_bytes) {
      refused.status =
          Error{ErrorCode::kLimited, "too_many_events", "too many events wait for the event log"};
    } else {
      ++events_;
      bytes_ += bytes;
      key.second = ++last_number_;
      waiting_.emplace(key, std::move(done));
    }
  }
  if (key.second == 0) return done(refused);
  const Status accepted = log_.Append(event, [this, key, fingerprint, bytes](const Status& status) {
    OnAppended(key, fingerprint, bytes, status);
  });
  if (!accepted) OnAppended(key, fingerprint, bytes, accepted);
}

void Publisher::OnAppended(const Key& key, const Bytes16& fingerprint, std::size_t bytes,
                           const Status& status) {
  Done done;
  {
    const std::scoped_lock lock(mutex_);
    --events_;
    bytes_ -= bytes;
    if (status) acknowledged_.Insert(fingerprint);
    const auto found = waiting_.find(key);
    if (found == waiting_.end()) return;  // answered at its deadline
    done = std::move(found->second);
    waiting_.erase(found);
  }
  Answer answer;
  if (!status)
    answer.status = status.error().code == ErrorCode::kUnavailable ? Unknown(status.error().message) : status;
  done(answer);
}

void Publisher::Expire(MonoTime now) {
  std::vector<Done> expired;
  {
    const std::scoped_lock lock(mutex_);
    while (!waiting_.empty() && waiting_.begin()->first.first <= now) {
      expired.push_back(std::move(waiting_.begin()->second));
      waiting_.erase(waiting_.begin());
    }
  }
  Answer answer;
  answer.status = Unknown("out of time");
  for (const Done& done : expired) done(answer);
}

std::size_t Publisher::in_flight() const {
  const std::scoped_lock lock(mutex_);
  return events_;
}

double Publisher::used() const {
  const std::scoped_lock lock(mutex_);
  return std::max(static_cast<double>(events_) / static_cast<double>(limits_.max_events),
                  static_cast<double>(bytes_) / static_cast<double>(limits_.max_bytes));
}

const char* ResultOf(const Publisher::Answer& answer) {
  if (answer.status) return answer.duplicate ? "duplicate" : "accepted";
  return answer.status.error().code == ErrorCode::kLimited ? "overloaded" : "unavailable";
}

}  // namespace webhook
