#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "log/log.h"
#include "rpc/server.h"
#include "rpc/watch_client.h"
#include "runtime/clock.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"

namespace webhook::rpc {

inline void Authorize(const RegistryOptions& options, grpc::ClientContext* context) {
  context->AddMetadata("authorization", "Bearer " + options.internal_token.Reveal());
}

// Keeps one server stream of Message open on a thread of its own: opens it, hands over each message, opens it
// anew where it ends or falls silent. Growing pauses between: 200 ms to 2 s.
template <typename Message>
class StreamKeeper {
 public:
  using Reader = std::unique_ptr<grpc::ClientReader<Message>>;
  struct Hooks {
    std::function<Reader(grpc::Channel&, const RegistryOptions& self, grpc::ClientContext*)> open;
    std::function<void(const Message&)> on_message;
    std::function<void(bool connected)> on_connected;
  };

  StreamKeeper(RegistryOptions options, const char* name, Hooks hooks)
      : options_(std::move(options)),
        name_(name),
        hooks_(std::move(hooks)),
        last_message_(runtime::ReadClock().mono),
        thread_("watch", [this] { Run(); }) {}

  ~StreamKeeper() {
    stop_.RequestStop();
    {
      const std::scoped_lock lock(mutex_);
      if (context_) context_->TryCancel();
    }
    thread_.Join();
    watchdog_.Join();
  }

  // Since a message came; before the first, since it was made. From any thread.
  std::chrono::microseconds silence() {
    const std::scoped_lock lock(mutex_);
    return runtime::ReadClock().mono - last_message_;
  }

 private:
  static constexpr std::chrono::milliseconds kFirstPause{200};
  static constexpr std::chrono::milliseconds kLongestPause{2'000};
  static constexpr std::chrono::seconds kSilence{15};
  static constexpr std::chrono::milliseconds kLook{500};

  void Run() {
    watchdog_ = runtime::Thread("watch-dog", [this] { Watch(); });
    const auto channel = MakeChannel(options_.address, *options_.identity);
    auto pause = kFirstPause;
    while (!stop_.stopped()) {
      const bool heard = ReadOnce(*channel);
      pause = heard ? kFirstPause : std::min(pause * 2, kLongestPause);
      if (stop_.WaitFor(pause)) return;
    }
  }

  // True where any message came.
  bool ReadOnce(grpc::Channel& channel) {
    grpc::ClientContext context;
    Authorize(options_, &context);
    SetContext(&context);
    const Reader reader = hooks_.open(channel, options_, &context);
    Message message;
    bool heard = false;
    while (!stop_.stopped() && reader->Read(&message)) {
      Heard();
      if (!std::exchange(heard, true)) hooks_.on_connected(true);
      hooks_.on_message(message);
    }
    context.TryCancel();
    const grpc::Status status = reader->Finish();
    SetContext(nullptr);
    hooks_.on_connected(false);
    if (!stop_.stopped())
      log::Warn("watch.ended", {{"stream", name_},
                                {"code", static_cast<int>(status.error_code())},
                                {"error", status.error_message()}});
    return heard;
  }

  // Read() blocks for as long as the peer keeps the connection: a silent stream is ended from here.
  void Watch() {
    while (!stop_.WaitFor(kLook)) {
      const std::scoped_lock lock(mutex_);
      if (context_ && runtime::ReadClock().mono - last_heard_ > kSilence) context_->TryCancel();
    }
  }

  void SetContext(grpc::ClientContext* context) {
    const std::scoped_lock lock(mutex_);
    context_ = context;
    last_heard_ = runtime::ReadClock().mono;
    if (context_ && stop_.stopped()) context_->TryCancel();
  }
  void Heard() {
    const std::scoped_lock lock(mutex_);
    last_heard_ = last_message_ = runtime::ReadClock().mono;
  }

  const RegistryOptions options_;
  const char* const name_;
  const Hooks hooks_;
  runtime::StopToken stop_;
  std::mutex mutex_;
  grpc::ClientContext* context_ = nullptr;
  MonoTime last_heard_{};  // or when the stream was opened
  MonoTime last_message_;
  runtime::Thread watchdog_;
  runtime::Thread thread_;
};

}  // namespace webhook::rpc
