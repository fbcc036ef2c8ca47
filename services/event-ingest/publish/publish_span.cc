#include "services/event-ingest/publish/publish_span.h"

#include "trace/event_trace.h"

namespace webhook {

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
  span->attributes.push_back({"webhook.result", ResultOf(answer)});
  if (!answer.status) span->error = ResultOf(answer);
}

}  // namespace webhook
