#include "services/delivery-worker/adapters/attempts_reader.h"

#include <algorithm>
#include <utility>

#include "domain/topics.h"
#include "log/log.h"
#include "records/records.h"
#include "runtime/clock.h"

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kAnswer{1'000};
constexpr std::chrono::milliseconds kPoll{50};
// A client that makes no progress for so long is replaced: after a broker's restart one may be stuck.
constexpr std::chrono::milliseconds kRound{3'300};
constexpr int kRounds = 3;
// Of one partition: at more than 6,000 attempts a second the windows are assumed full instead.
constexpr std::int64_t kMaxRecords = 400'000;
constexpr std::size_t kBatch = 1'000;

}  // namespace

AttemptsReader::AttemptsReader(kafka::Cluster cluster)
    : cluster_(std::move(cluster)), thread_("attempts", [this] { Run(); }) {}

AttemptsReader::~AttemptsReader() {
  inbox_.Close();
  thread_.Join();
}

void AttemptsReader::Read(std::int32_t partition, const Checkpoint& from,
                          std::function<void(AttemptsTail)> done) {
  inbox_.Put({partition, from.attempts_offset, from.offset, std::move(done), {}, 0});
}

void AttemptsReader::Run() {
  while (auto requests = inbox_.TakeAll()) Serve(std::move(*requests));
  if (consumer_) consumer_->Close();
}

void AttemptsReader::Serve(std::vector<Request> requests) {
  std::map<std::int32_t, Request> open;
  for (Request& request : requests) open[request.partition] = std::move(request);
  for (int round = 0; round < kRounds && !open.empty() && !inbox_.closed(); ++round) {
    const MonoTime until = runtime::ReadClock().mono + kRound;
    if (!OpenConsumer()) continue;
    for (auto& [partition, request] : open) {
      if (!request.located && runtime::ReadClock().mono < until) Locate(&request);
    }
    ReadAll(&open, until);
    for (auto entry = open.begin(); entry != open.end();) {
      if (!entry->second.finished()) {
        ++entry;
        continue;
      }
      entry->second.done(std::move(entry->second.tail));
      entry = open.erase(entry);
    }
    if (!open.empty()) consumer_.reset();
  }
  for (auto& [partition, request] : open) {
    log::Warn("takeover.blind", {{"partition", partition}, {"located", request.located}});
    request.tail.complete = false;
    request.done(std::move(request.tail));
  }
}

bool AttemptsReader::OpenConsumer() {
  if (consumer_) return true;
  kafka::ConsumerOptions options;
  options.cluster = cluster_;
  options.client_id = "delivery-worker.attempts";
  auto consumer = kafka::Consumer::Create(options, {});
  if (consumer) consumer_ = std::move(*consumer);
  return consumer_ != nullptr;
}

void AttemptsReader::Locate(Request* request) {
  const kafka::TopicPartition partition{kAttemptsTopic, request->partition};
  const auto end = consumer_->EndOffset(partition, kAnswer);
  if (!end) return;
  const auto young = consumer_->OffsetAt(partition, runtime::ReadClock().wall - kTailAge, kAnswer);
  if (!young) return;
  request->tail.end = *end;
  request->tail.complete = *end - *young <= kMaxRecords;
  request->next = *young;
  if (request->from >= 0 && request->from < *young) {
    // What lay there may have expired.
    const auto first = consumer_->OffsetAt(partition, WallTime{}, kAnswer);
    if (!first) return;
    request->next = std::min(*young, std::max(*first, request->from));
  }
  request->next = std::max(request->next, *end - kMaxRecords);
  request->located = true;
}

void AttemptsReader::ReadAll(std::map<std::int32_t, Request>* open, MonoTime until) {
  std::vector<kafka::Consumer::Position> positions;
  for (const auto& [partition, request] : *open) {
    if (request.located && !request.finished())
      positions.push_back({{kAttemptsTopic, partition}, request.next});
  }
  if (positions.empty() || !consumer_->Assign(positions)) return;
  std::size_t unfinished = positions.size();
  while (unfinished > 0 && !inbox_.closed() && runtime::ReadClock().mono < until) {
    const auto polled = consumer_->Poll(kPoll, kBatch);
    if (!polled) continue;
    for (const kafka::ConsumedRecord& record : (*polled)->records()) {
      const auto found = open->find(record.partition);
      if (found == open->end() || found->second.finished()) continue;
      Request& request = found->second;
      request.next = record.offset + 1;
      if (request.finished()) --unfinished;
      if (const auto attempt = DecodeAttempt(record.value)) request.tail.Add(*attempt, request.window_begin);
    }
  }
  static_cast<void>(consumer_->Assign({}));
}

}  // namespace webhook
