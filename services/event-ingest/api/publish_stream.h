#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "core/guarded.h"
#include "services/event-ingest/api/publish_calls.h"

namespace webhook {

class PublishStream;

// The streams that are open, for whoever ends them. From any thread.
class OpenStreams {
 public:
  void Add(PublishStream* stream);
  void Remove(PublishStream* stream);
  // Ends each once what it has read is answered: the process stops.
  void EndAll();
  // Ends those whose key is good no more in the same way.
  void CheckKeys();

 private:
  Guarded<std::set<PublishStream*>> streams_;
};

// One PublishEventStream: reads, publishes, and answers in the order of the events. While kCredits events are
// without an answer it reads no more, and HTTP/2's flow control holds the client up. Deletes itself when the
// call is over.
class PublishStream final
    : public grpc::ServerBidiReactor<v1::PublishEventStreamRequest, v1::PublishEventStreamResponse> {
 public:
  static constexpr std::size_t kCredits = 2'000;

  // `calls` and `open` outlive the call.
  PublishStream(const PublishCalls& calls, OpenStreams& open, grpc::CallbackServerContext& context);

  // For OpenStreams.
  void End();
  void CheckKey();

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone() override;

 private:
  // What a publisher's answer finds: it may come after the call is over.
  struct Answers {
    std::mutex mutex;
    PublishStream* stream = nullptr;  // null: over
    std::deque<std::optional<PublishCalls::Published>>
        waiting;              // in the order of the events; nullopt: not answered
    std::uint64_t first = 0;  // number of waiting's first event
  };
  static void OnPublished(const std::shared_ptr<Answers>& answers, std::uint64_t number,
                          PublishCalls::Published published);

  void PublishAll();
  // Reads, writes and ends, as far as it may now. REQUIRES: the mutex is held.
  void MoveOn();
  void WriteAnswered();
  void EndWith(const Error& error);

  const PublishCalls& calls_;
  OpenStreams& open_;
  grpc::CallbackServerContext& context_;
  const std::shared_ptr<Answers> answers_ = std::make_shared<Answers>();
  v1::PublishEventStreamRequest request_;
  v1::PublishEventStreamResponse response_;
  // Under the mutex:
  bool reading_ = false;
  bool publishing_ = false;  // what was read
  bool writing_ = false;
  bool read_all_ = false;  // nothing more comes
  bool broken_ = false;    // the client is gone
  bool finished_ = false;
  grpc::Status end_;  // what it ends with; not OK: without waiting for the client's end
};

}  // namespace webhook
