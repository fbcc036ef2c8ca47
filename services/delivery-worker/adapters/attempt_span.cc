#include "services/delivery-worker/adapters/attempt_span.h"

#include <string>

#include "http/endpoint_url.h"
#include "trace/event_trace.h"

namespace webhook {
namespace {

// Of the conventions for HTTP clients. Of the URL only host and port: what stands behind may be secret.
std::vector<trace::Attribute> HttpAttributes(const AttemptRecord& record) {
  std::vector<trace::Attribute> attributes = {{"http.request.method", "POST"}};
  if (const auto url = http::ParseEndpointUrl(record.url, "url")) {
    attributes.push_back({"server.address", url->host});
    attributes.push_back({"server.port", std::int64_t{url->port}});
  }
  if (record.attempt > 1) attributes.push_back({"http.request.resend_count", record.attempt - 1});
  if (record.status != 0) attributes.push_back({"http.response.status_code", record.status});
  if (record.outcome != "success")
    attributes.push_back({"error.type", record.status != 0 ? std::to_string(record.status) : record.outcome});
  return attributes;
}

}  // namespace

std::optional<trace::Span> AttemptSpan(const AttemptRecord& record, const Event& event, double sample_ratio) {
  if (!record.requested) return std::nullopt;
  const trace::EventTrace from = trace::TraceOf(event, sample_ratio);
  if (!from.sampled) return std::nullopt;
  const std::string delivery = record.delivery_id.str();
  trace::Span span;
  span.trace = trace::TraceIdOf("delivery|" + delivery);
  // With the time: an attempt that a crash has repeated is another request.
  span.id = trace::SpanIdOf("attempt|" + delivery + "|" + std::to_string(record.run) + "|" +
                            std::to_string(record.attempt) + "|" +
                            std::to_string(record.started_at.time_since_epoch().count()));
  span.name = "POST";
  span.started = record.started_at;
  span.ended = record.started_at + record.duration;
  span.attributes = HttpAttributes(record);
  const trace::Attribute ours[] = {{"webhook.outcome", record.outcome},
                                   {"webhook.attempt", record.attempt},
                                   {"webhook.run", record.run},
                                   {"webhook.account_id", record.account.str()},
                                   {"webhook.webhook_id", record.webhook_id.str()},
                                   {"webhook.delivery_id", delivery},
                                   {"webhook.event_id", record.event_id.str()},
                                   {"webhook.event_type", record.event_type}};
  span.attributes.insert(span.attributes.end(), std::begin(ours), std::end(ours));
  // A test has no publish, and the event of a redelivery comes from the log, which does not keep its trace.
  if (record.kind == DeliveryKind::kEvent) span.links = {{from.trace, from.publish, event.tracestate}};
  if (record.outcome != "success") span.error = record.outcome;
  return span;
}

}  // namespace webhook
