#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

#include "runtime/clock.h"
#include "tests/load/publish/channel.h"
#include "tests/load/publish/load.h"
#include "webhook/v1/ingest.grpc.pb.h"

namespace webhook::load {
namespace {

using Stub = v1::EventIngestService::Stub;

void Fill(const EventMaker& maker, std::uint64_t n, std::size_t, WallTime sent,
          v1::PublishEventRequest* request) {
  maker.Fill(n, sent, request->mutable_event());
}

void Fill(const EventMaker& maker, std::uint64_t n, std::size_t count, WallTime sent,
          v1::PublishEventBatchRequest* request) {
  while (request->events_size() < static_cast<int>(count)) request->add_events();
  while (request->events_size() > static_cast<int>(count)) request->mutable_events()->RemoveLast();
  for (std::size_t i = 0; i < count; ++i)
    maker.Fill(n + i, sent, request->mutable_events(static_cast<int>(i)));
}

template <typename Done>
void Call(Stub& stub, grpc::ClientContext* context, const v1::PublishEventRequest& request,
          v1::PublishEventResponse* response, Done done) {
  stub.async()->PublishEvent(context, &request, response, std::move(done));
}

template <typename Done>
void Call(Stub& stub, grpc::ClientContext* context, const v1::PublishEventBatchRequest& request,
          v1::PublishEventBatchResponse* response, Done done) {
  stub.async()->PublishEventBatch(context, &request, response, std::move(done));
}

void Count(const v1::PublishEventResponse&, Outcome* outcome) {
  ++outcome->accepted;
}

void Count(const v1::PublishEventBatchResponse& response, Outcome* outcome) {
  for (const v1::PublishEventResult& result : response.results()) CountResult(result, outcome);
}

// Calls that are under way, each in a slot of its own that the next one uses again.
template <typename Request, typename Response>
class Calls {
 public:
  Calls(const LoadOptions& options, const EventMaker& maker)
      : options_(options),
        maker_(maker),
        per_call_(std::is_same_v<Request, v1::PublishEventRequest> ? 1 : options.batch) {
    for (int i = 0; i < options.channels; ++i)
      stubs_.push_back(v1::EventIngestService::NewStub(NewChannel(options)));
  }

  Outcome Run() {
    const MonoTime began = runtime::ReadClock().mono;
    if (options_.rate > 0) {
      RunAtRate();
    } else {
      for (int i = 0; i < options_.in_flight; ++i) Next(AddSlot(), runtime::ReadClock());
    }
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return open_ == 0 && next_ >= options_.count; });
    outcome_.seconds = std::chrono::duration<double>(runtime::ReadClock().mono - began).count();
    return std::move(outcome_);
  }

 private:
  struct Slot {
    Stub* stub = nullptr;
    std::unique_ptr<grpc::ClientContext> context;
    Request request;
    Response response;
    MonoTime due{};
    std::size_t events = 0;
  };

  // Only before Run() waits, or with the lock.
  Slot* AddSlot() {
    slots_.push_back(std::make_unique<Slot>());
    slots_.back()->stub = stubs_[slots_.size() % stubs_.size()].get();
    return slots_.back().get();
  }

  // Each call at its own time, whatever became of those before it.
  void RunAtRate() {
    const Now began = runtime::ReadClock();
    const std::uint64_t calls = options_.count / per_call_;
    for (std::uint64_t i = 0; i < calls; ++i) {
      const auto after = std::chrono::microseconds(
          static_cast<std::int64_t>(static_cast<double>(i * per_call_) * 1e6 / options_.rate));
      const auto ahead = began.mono + after - runtime::ReadClock().mono;
      if (ahead.count() > 0) std::this_thread::sleep_for(ahead);
      Slot* slot = nullptr;
      {
        const std::lock_guard lock(mutex_);
        if (free_.empty()) {
          slot = AddSlot();
        } else {
          slot = free_.back();
          free_.pop_back();
        }
      }
      Next(slot, Now{began.mono + after, began.wall + after});
    }
    const std::lock_guard lock(mutex_);
    next_ = options_.count;
  }

  // False: there is nothing more to send.
  bool Next(Slot* slot, Now due) {
    std::uint64_t n = 0;
    {
      const std::lock_guard lock(mutex_);
      if (next_ >= options_.count) return false;
      n = next_;
      slot->events = std::min<std::uint64_t>(per_call_, options_.count - next_);
      next_ += slot->events;
      ++open_;
    }
    slot->due = due.mono;
    Fill(maker_, n, slot->events, due.wall, &slot->request);
    slot->context = NewContext(options_);
    Call(*slot->stub, slot->context.get(), slot->request, &slot->response,
         [this, slot](const grpc::Status& status) { OnAnswer(slot, status); });
    return true;
  }

  void OnAnswer(Slot* slot, const grpc::Status& status) {
    const Now now = runtime::ReadClock();
    {
      const std::lock_guard lock(mutex_);
      outcome_.latency.Add((now.mono - slot->due).count());
      if (status.ok()) {
        Count(slot->response, &outcome_);
      } else {
        outcome_.refused[status.error_message()] += slot->events;
      }
      if (options_.rate > 0) free_.push_back(slot);
    }
    if (options_.rate == 0) Next(slot, now);
    const std::lock_guard lock(mutex_);
    if (--open_ == 0) idle_.notify_one();
  }

  const LoadOptions& options_;
  const EventMaker& maker_;
  const std::size_t per_call_;
  std::vector<std::unique_ptr<Stub>> stubs_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<Slot*> free_;
  std::uint64_t next_ = 0;
  std::uint64_t open_ = 0;
  Outcome outcome_;
};

}  // namespace

Outcome PublishByCalls(const LoadOptions& options, const EventMaker& maker, bool batches) {
  if (batches)
    return Calls<v1::PublishEventBatchRequest, v1::PublishEventBatchResponse>(options, maker).Run();
  return Calls<v1::PublishEventRequest, v1::PublishEventResponse>(options, maker).Run();
}

}  // namespace webhook::load
