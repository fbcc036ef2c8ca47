#include "services/event-ingest/api/publish_calls.h"

#include <grpc/support/time.h>

#include <algorithm>

#include "crypto/api_key.h"
#include "crypto/crypto.h"
#include "google/rpc/status.pb.h"
#include "rpc/error_map.h"
#include "rpc/server.h"
#include "runtime/clock.h"
#include "services/event-ingest/publish/publish_span.h"

namespace webhook {
namespace {

using std::chrono::microseconds;

constexpr std::chrono::seconds kLongest{10};
// An answer of ours must be with the client before it gives up itself: so much of what is left is the way
// back.
constexpr std::chrono::milliseconds kTravel{100};
constexpr int kTravelShare = 10;

MonoTime DeadlineOf(const grpc::CallbackServerContext& context, Now now) {
  // Not context.deadline(): it overflows for what lies far ahead.
  const gpr_timespec end = gpr_convert_clock_type(context.raw_deadline(), GPR_CLOCK_REALTIME);
  const auto wall = now.wall.time_since_epoch();
  const std::chrono::nanoseconds longest = kLongest;
  const bool far = end.tv_sec > std::chrono::ceil<std::chrono::seconds>(wall + kLongest).count();
  const auto allowed =
      far ? longest
          : std::min<std::chrono::nanoseconds>(
                std::chrono::seconds{end.tv_sec} + std::chrono::nanoseconds{end.tv_nsec} - wall, longest);
  const auto travel = std::min<std::chrono::nanoseconds>(kTravel, allowed / kTravelShare);
  return now.mono + std::chrono::duration_cast<microseconds>(allowed - travel);
}

// All that came under the name, as one list.
std::string Metadata(const grpc::CallbackServerContext& context, const char* name) {
  std::string text;
  const auto [first, end] = context.client_metadata().equal_range(name);
  for (auto it = first; it != end; ++it) {
    if (it != first) text += ',';
    text.append(it->second.data(), it->second.size());
  }
  return text;
}

PublishInput ToInput(const v1::Event& event, const PublishCalls::Call& call) {
  PublishInput input;
  input.event_id = event.event_id();
  input.account_id = event.account_id();
  input.event_type = event.event_type();
  input.data = event.data();
  if (event.has_occurred_at())
    input.occurred_at = {event.occurred_at().seconds(), event.occurred_at().nanos()};
  input.traceparent = call.traceparent;
  input.tracestate = call.tracestate;
  return input;
}

}  // namespace

void PublishCalls::Published::WriteTo(v1::PublishEventResult* result) const {
  result->set_event_id(event_id);
  result->set_duplicate(answer.duplicate);
  if (!answer.status) *result->mutable_error() = rpc::ToRpcStatus(answer.status.error());
}

Result<PublishCalls::Call> PublishCalls::Authenticate(const grpc::CallbackServerContext& context) const {
  Call call;
  call.rights = parts_.rights.Get();
  if (!call.rights) {
    parts_.metrics.CountEvent("unavailable");
    return Error{ErrorCode::kUnavailable, "starting", "no API keys were received from the registry yet"};
  }
  const std::string authorization = rpc::Authorization(context.client_metadata());
  const std::string_view token = crypto::BearerToken(authorization);
  call.started = runtime::ReadClock();
  const auto& keys = call.rights->keys;
  const auto key = token.empty() ? keys.end() : keys.find(crypto::ApiKeyHmac(parts_.api_key_pepper, token));
  if (key == keys.end() || key->second <= call.started.wall) {
    parts_.metrics.CountEvent("unauthenticated");
    return Error{ErrorCode::kUnauthenticated, "unauthenticated",
                 "send metadata authorization: Bearer <API key with scope events:publish>"};
  }
  call.deadline = DeadlineOf(context, call.started);
  call.traceparent = Metadata(context, "traceparent");
  call.tracestate = Metadata(context, "tracestate");
  return call;
}

void PublishCalls::Publish(const Call& call, const v1::Event& event, const std::string& at,
                           std::function<void(Published)> done) const {
  const Bytes16 random = event.event_id().empty() ? crypto::Random16() : Bytes16{};
  auto made = MakeEvent(ToInput(event, call), *call.rights, at, call.started.wall, random);
  if (!made) {
    parts_.metrics.CountEvent("invalid");
    return done({event.event_id(), {made.error(), false}});
  }
  if (!budget_.Lock()->Take(made->event.account, call.started.mono)) {
    parts_.metrics.CountEvent("over_quota");
    const Error error{
        ErrorCode::kLimited, "event_quota",
        "the account may publish " + std::to_string(parts_.max_events_per_second) + " events a second"};
    return done({event.event_id(), {error, false}});
  }
  if (made->breaks_schema) parts_.metrics.broken_schemas.Add();
  if (made->kept_numbers > 0) parts_.metrics.kept_numbers.Add(made->kept_numbers);
  const std::string id = made->event.id.str();
  const auto size = static_cast<double>(made->event.body.size());
  parts_.publisher.Publish(
      made->event, call.deadline,
      [this, id, size, started = call.started.mono, span = BeginSpan(made->event),
       done = std::move(done)](const Publisher::Answer& answer) {
        parts_.metrics.CountEvent(ResultOf(answer));
        if (span) {
          EndPublishSpan(answer, runtime::ReadClock().wall, span.get());
          parts_.tracing->spans.Emit(std::move(*span));
        }
        if (answer.status && !answer.duplicate) {
          parts_.metrics.size_bytes.Observe(size);
          parts_.metrics.ack_seconds.Observe(
              std::chrono::duration<double>(runtime::ReadClock().mono - started).count());
        }
        done({id, answer});
      });
}

std::shared_ptr<trace::Span> PublishCalls::BeginSpan(const Event& event) const {
  if (parts_.tracing == nullptr) return nullptr;
  auto span = BeginPublishSpan(event, parts_.tracing->sample_ratio);
  return span ? std::make_shared<trace::Span>(std::move(*span)) : nullptr;
}

}  // namespace webhook
