#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/clock.h"
#include "runtime/thread.h"
#include "tests/load/publish/channel.h"
#include "tests/load/publish/load.h"
#include "webhook/v1/ingest.grpc.pb.h"

namespace webhook::load {
namespace {

// One stream: this thread writes, another reads the answers.
class Stream {
 public:
  // Publishes the events first, first + step … below options.count.
  Stream(const LoadOptions& options, const EventMaker& maker, std::uint64_t first, std::uint64_t step)
      : options_(options),
        maker_(maker),
        first_(first),
        step_(step),
        stub_(v1::EventIngestService::NewStub(NewChannel(options))) {}

  Outcome Run() {
    context_ = NewContext(options_);
    stream_ = stub_->PublishEventStream(context_.get());
    runtime::Thread reader("load-answers", [this] { ReadAnswers(); });
    Write();
    stream_->WritesDone();
    reader.Join();
    const grpc::Status status = stream_->Finish();
    if (!status.ok()) ++outcome_.refused["stream: " + status.error_message()];
    return std::move(outcome_);
  }

 private:
  void Write() {
    const Now began = runtime::ReadClock();
    v1::PublishEventStreamRequest request;
    for (std::uint64_t n = first_; n < options_.count;) {
      std::uint64_t left = (options_.count - n + step_ - 1) / step_;
      Now due = runtime::ReadClock();
      std::uint64_t count = std::min<std::uint64_t>(options_.batch, left);
      if (options_.rate > 0) {
        due = WaitForTurn(began, n);
        count = 1;
      }
      count = WaitForRoom(count);
      if (count == 0) return;
      while (request.events_size() < static_cast<int>(count)) request.add_events();
      while (request.events_size() > static_cast<int>(count)) request.mutable_events()->RemoveLast();
      for (std::uint64_t i = 0; i < count; ++i, n += step_)
        maker_.Fill(n, due.wall, request.mutable_events(static_cast<int>(i)));
      if (!stream_->Write(request)) return;
    }
  }

  Now WaitForTurn(const Now& began, std::uint64_t n) const {
    const auto after =
        std::chrono::microseconds(static_cast<std::int64_t>(static_cast<double>(n) * 1e6 / options_.rate));
    const auto ahead = began.mono + after - runtime::ReadClock().mono;
    if (ahead.count() > 0) std::this_thread::sleep_for(ahead);
    return Now{began.mono + after, began.wall + after};
  }

  // How many of `wanted` may be sent now; 0: the stream has ended.
  std::uint64_t WaitForRoom(std::uint64_t wanted) {
    std::unique_lock lock(mutex_);
    // A message is worth sending from half of its events on.
    const std::int64_t enough = options_.rate > 0 ? 1 : static_cast<std::int64_t>((wanted + 1) / 2);
    room_.wait(lock, [&] { return ended_ || credits_ - open_ >= enough; });
    if (ended_) return 0;
    const auto count = std::min<std::int64_t>(static_cast<std::int64_t>(wanted), credits_ - open_);
    open_ += count;
    return static_cast<std::uint64_t>(count);
  }

  void ReadAnswers() {
    v1::PublishEventStreamResponse response;
    while (stream_->Read(&response)) {
      const std::lock_guard lock(mutex_);
      if (response.credits() > 0) credits_ = std::min(response.credits(), options_.in_flight);
      open_ -= response.results_size();
      for (const v1::PublishEventResult& result : response.results()) CountResult(result, &outcome_);
      room_.notify_one();
    }
    const std::lock_guard lock(mutex_);
    ended_ = true;
    room_.notify_one();
  }

  const LoadOptions& options_;
  const EventMaker& maker_;
  const std::uint64_t first_;
  const std::uint64_t step_;
  std::unique_ptr<v1::EventIngestService::Stub> stub_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::PublishEventStreamRequest, v1::PublishEventStreamResponse>>
      stream_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::int64_t credits_ = 0;
  std::int64_t open_ = 0;
  bool ended_ = false;
  Outcome outcome_;
};

}  // namespace

Outcome PublishByStreams(const LoadOptions& options, const EventMaker& maker) {
  const auto count = static_cast<std::size_t>(options.channels);
  std::vector<Outcome> outcomes(count);
  const MonoTime began = runtime::ReadClock().mono;
  {
    std::vector<runtime::Thread> threads;
    for (std::size_t i = 0; i < count; ++i) {
      threads.emplace_back("load-stream", [&, i] { outcomes[i] = Stream(options, maker, i, count).Run(); });
    }
  }
  Outcome all;
  all.seconds = std::chrono::duration<double>(runtime::ReadClock().mono - began).count();
  for (const Outcome& outcome : outcomes) {
    all.accepted += outcome.accepted;
    for (const auto& [reason, events] : outcome.refused) all.refused[reason] += events;
  }
  return all;
}

}  // namespace webhook::load
