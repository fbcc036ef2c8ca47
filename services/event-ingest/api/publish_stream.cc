#include "services/event-ingest/api/publish_stream.h"

#include <utility>

#include "rpc/error_map.h"

namespace webhook {

void OpenStreams::Add(PublishStream* stream) {
  streams_.Lock()->insert(stream);
}

void OpenStreams::Remove(PublishStream* stream) {
  streams_.Lock()->erase(stream);
}

void OpenStreams::EndAll() {
  auto streams = streams_.Lock();
  for (PublishStream* stream : *streams) stream->End();
}

void OpenStreams::CheckKeys() {
  auto streams = streams_.Lock();
  for (PublishStream* stream : *streams) stream->CheckKey();
}

PublishStream::PublishStream(const PublishCalls& calls, OpenStreams& open,
                             grpc::CallbackServerContext& context)
    : calls_(calls), open_(open), context_(context) {
  open_.Add(this);
  const std::scoped_lock lock(answers_->mutex);
  answers_->stream = this;
  if (const auto call = calls_.Authenticate(context_); !call) {
    EndWith(call.error());
  } else {
    response_.set_credits(kCredits);
    writing_ = true;
    StartWrite(&response_);
  }
  MoveOn();
}

void PublishStream::OnReadDone(bool ok) {
  {
    const std::scoped_lock lock(answers_->mutex);
    reading_ = false;
    if (!ok) read_all_ = true;
    publishing_ = ok && !finished_;
    if (!publishing_) return MoveOn();
  }
  PublishAll();
  const std::scoped_lock lock(answers_->mutex);
  request_ = {};  // a stream that waits for its next message holds none
  publishing_ = false;
  MoveOn();
}

void PublishStream::End() {
  const std::scoped_lock lock(answers_->mutex);
  EndWith({ErrorCode::kUnavailable, "stopping",
           "this process stops: publish what is not answered over another one"});
  MoveOn();
}

void PublishStream::CheckKey() {
  const std::scoped_lock lock(answers_->mutex);
  const auto call = calls_.Authenticate(context_);
  if (call || finished_) return;
  EndWith(call.error());
  MoveOn();
}

void PublishStream::PublishAll() {
  const auto call = calls_.Authenticate(context_);
  const int count = request_.events_size();
  std::uint64_t number = 0;
  {
    const std::scoped_lock lock(answers_->mutex);
    if (!call) return EndWith(call.error());
    if (count < 1 || count > kMaxEventsAtOnce)
      return EndWith(InvalidError({{"events", "out_of_range", "a message has 1 to 1000 events"}}));
    number = answers_->first + answers_->waiting.size();
    answers_->waiting.resize(answers_->waiting.size() + static_cast<std::size_t>(count));
  }
  for (int i = 0; i < count; ++i) {
    calls_.Publish(*call, request_.events(i), "events[" + std::to_string(i) + "]",
                   [answers = answers_, number = number++](PublishCalls::Published published) {
                     OnPublished(answers, number, std::move(published));
                   });
  }
}

void PublishStream::OnPublished(const std::shared_ptr<Answers>& answers, std::uint64_t number,
                                PublishCalls::Published published) {
  const std::scoped_lock lock(answers->mutex);
  answers->waiting[number - answers->first] = std::move(published);
  // Only the first one's answer moves anything.
  if (answers->stream != nullptr && number == answers->first) answers->stream->MoveOn();
}

void PublishStream::OnWriteDone(bool ok) {
  const std::scoped_lock lock(answers_->mutex);
  writing_ = false;
  if (!ok) broken_ = true;
  MoveOn();
}

void PublishStream::MoveOn() {
  if (finished_) return;
  if (broken_) read_all_ = true;
  if (!writing_ && !broken_) WriteAnswered();
  if (!reading_ && !publishing_ && !read_all_ && answers_->waiting.size() < kCredits) {
    reading_ = true;
    StartRead(&request_);
  }
  const bool answered = answers_->waiting.empty() || broken_;
  if (!read_all_ || publishing_ || writing_ || !answered || (reading_ && end_.ok())) return;
  finished_ = true;
  Finish(end_);
}

void PublishStream::WriteAnswered() {
  auto& waiting = answers_->waiting;
  if (waiting.empty() || !waiting.front()) return;
  response_.Clear();
  while (!waiting.empty() && waiting.front() && response_.results_size() < kMaxEventsAtOnce) {
    waiting.front()->WriteTo(response_.add_results());
    waiting.pop_front();
    ++answers_->first;
  }
  writing_ = true;
  StartWrite(&response_);
}

void PublishStream::EndWith(const Error& error) {
  if (end_.ok()) end_ = rpc::ToGrpc(error);
  read_all_ = true;
}

void PublishStream::OnDone() {
  open_.Remove(this);
  {
    const std::scoped_lock lock(answers_->mutex);
    answers_->stream = nullptr;
  }
  delete this;
}

}  // namespace webhook
