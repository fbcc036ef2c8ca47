#include "services/event-ingest/publish/publish_span.h"

#include <string>

#include "trace/event_trace.h"

namespace webhook {
namespace {

// The word that the metrics have for it.
std::string ResultWord(const Publisher::Answer& answer) {
  if (answer.status) return answer.duplicate ? "duplicate" : "accepted";
  return answer.status.error().code == ErrorCode::kLimited ? "limited" : "unavailable";
}

}  // namespace

std::optional<trace::Span> BeginPublishSpan(const Event& event, double sample_ratio) {
  const trace::EventTrace found = trace::TraceOf(event, sample_ratio);
  if (!found.sampled) return std::nullopt;
  trace::Span span;
  span.trace = found.trace;
  span.id = found.publish;
  span.parent = found.caller;
  span.tracestate = event.tracestate;
  span.name = "publish";
  span.kind = trace::SpanKind::kProducer;
  span.started = event.accepted_at;
  span.attributes = {{"webhook.account_id", event.account.str()},
                     {"webhook.event_id", event.id.str()},
                     {"webhook.event_type", event.type}};
  return span;
}

void EndPublishSpan(const Publisher::Answer& answer, WallTime now, trace::Span* span) {
  span->ended = now;
  span->attributes.push_back({"webhook.result", ResultWord(answer)});
  if (!answer.status) span->error = ResultWord(answer);
}

}  // namespace webhook
