#include "services/delivery-worker/adapters/attempts_reader.h"

#include <algorithm>
#include <utility>

#include "domain/topics.h"
#include "log/log.h"
#include "records/records.h"
#include "runtime/clock.h"

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kAnswer{2'000};
constexpr std::chrono::milliseconds kPoll{50};
constexpr std::chrono::seconds kDeadline{10};
// The clocks of two workers, one of which stamps its records.
constexpr std::chrono::seconds kClockDifference{5};
// Of one partition: at more than 800 attempts a second the windows are assumed full instead.
constexpr std::int64_t kMaxRecords = 50'000;
constexpr std::size_t kBatch = 1'000;

AttemptsTail::Entry ToEntry(const AttemptRecord& record) {
  Delivery attempt;
  attempt.id = record.delivery_id;
  attempt.run = record.run;
  attempt.attempt = record.attempt;
  return {record.delivery_offset, Fingerprint(attempt), record.requested, record.webhook_id,
          record.written_at};
}

}  // namespace

AttemptsReader::AttemptsReader(std::string brokers)
    : brokers_(std::move(brokers)), thread_("attempts", [this] { Run(); }) {}

AttemptsReader::~AttemptsReader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  asked_.notify_one();
  thread_.Join();
}

void AttemptsReader::Read(std::int32_t partition, std::int64_t from, std::function<void(AttemptsTail)> done) {
  {
    const std::lock_guard lock(mutex_);
    asked_for_.push_back({partition, from, std::move(done), {}, 0});
  }
  asked_.notify_one();
}

void AttemptsReader::Run() {
  for (;;) {
    std::vector<Request> requests;
    {
      std::unique_lock lock(mutex_);
      asked_.wait(lock, [this] { return stopping_ || !asked_for_.empty(); });
      if (stopping_) break;
      requests.swap(asked_for_);
    }
    Serve(std::move(requests));
  }
  if (consumer_) consumer_->Close();
}

void AttemptsReader::Serve(std::vector<Request> requests) {
  if (!consumer_) {
    kafka::ConsumerOptions options;
    options.brokers = brokers_;
    options.client_id = "delivery-worker.attempts";
    auto consumer = kafka::Consumer::Create(options, {});
    if (consumer) consumer_ = std::move(*consumer);
  }
  std::map<std::int32_t, Request> open;
  for (Request& request : requests) {
    if (consumer_ && Locate(&request)) {
      open[request.partition] = std::move(request);
    } else {
      log::Warn("takeover.blind", {{"partition", request.partition}});
      request.done({});
    }
  }
  ReadAll(&open, runtime::ReadClock().mono + kDeadline);
  for (auto& [partition, request] : open) {
    if (request.next < request.tail.end) {
      request.tail.complete = false;
      log::Warn("takeover.blind", {{"partition", partition}, {"unread", request.tail.end - request.next}});
    }
    request.done(std::move(request.tail));
  }
}

bool AttemptsReader::Locate(Request* request) {
  const kafka::TopicPartition partition{kAttemptsTopic, request->partition};
  const auto end = consumer_->EndOffset(partition, kAnswer);
  if (!end) return false;
  const auto young = consumer_->OffsetAt(
      partition, runtime::ReadClock().wall - kLongestRateWindow - kClockDifference, kAnswer);
  if (!young) return false;
  request->tail.end = *end;
  request->tail.complete = *end - *young <= kMaxRecords;
  request->next = std::max(*young, *end - kMaxRecords);
  if (request->from >= 0) request->next = std::min(request->next, request->from);
  return true;
}

void AttemptsReader::ReadAll(std::map<std::int32_t, Request>* open, MonoTime deadline) {
  std::vector<kafka::Consumer::Position> positions;
  for (const auto& [partition, request] : *open) {
    if (request.next < request.tail.end) positions.push_back({{kAttemptsTopic, partition}, request.next, ""});
  }
  if (positions.empty() || !consumer_->Assign(positions)) return;
  std::size_t unfinished = positions.size();
  while (unfinished > 0 && !stopping() && runtime::ReadClock().mono < deadline) {
    const auto polled = consumer_->Poll(kPoll, kBatch);
    if (!polled) continue;
    for (const kafka::ConsumedRecord& record : (*polled)->records()) {
      Request& request = open->at(record.partition);
      if (request.next >= request.tail.end) continue;
      request.next = record.offset + 1;
      if (request.next >= request.tail.end) --unfinished;
      if (const auto attempt = DecodeAttempt(record.value)) request.tail.entries.push_back(ToEntry(*attempt));
    }
  }
  if (consumer_) static_cast<void>(consumer_->Assign({}));
}

bool AttemptsReader::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

}  // namespace webhook
