#include "trace/otlp_json.h"

#include <nlohmann/json.hpp>

namespace webhook::trace {
namespace {

using nlohmann::ordered_json;

constexpr int kStatusError = 2;

template <typename Bytes>
std::string Hex(const Bytes& id) {
  return ToHex({reinterpret_cast<const char*>(id.data()), id.size()});
}

std::string Nanos(WallTime time) {
  return std::to_string(std::chrono::nanoseconds(time.time_since_epoch()).count());
}

ordered_json ToJson(const std::vector<Attribute>& attributes) {
  ordered_json list = ordered_json::array();
  for (const Attribute& attribute : attributes) {
    ordered_json value;
    if (const auto* text = std::get_if<std::string>(&attribute.value)) {
      value = {{"stringValue", *text}};
    } else {
      value = {{"intValue", std::to_string(std::get<std::int64_t>(attribute.value))}};
    }
    list.push_back({{"key", attribute.name}, {"value", std::move(value)}});
  }
  return list;
}

ordered_json ToJson(const Span& span) {
  ordered_json json = {{"traceId", Hex(span.trace)}, {"spanId", Hex(span.id)}};
  if (!span.tracestate.empty()) json["traceState"] = span.tracestate;
  if (span.parent) json["parentSpanId"] = Hex(*span.parent);
  json["name"] = span.name;
  json["kind"] = static_cast<int>(span.kind);
  json["startTimeUnixNano"] = Nanos(span.started);
  json["endTimeUnixNano"] = Nanos(span.ended);
  json["attributes"] = ToJson(span.attributes);
  for (const Link& link : span.links) {
    ordered_json one = {{"traceId", Hex(link.trace)}, {"spanId", Hex(link.span)}};
    if (!link.tracestate.empty()) one["traceState"] = link.tracestate;
    json["links"].push_back(std::move(one));
  }
  if (!span.error.empty()) json["status"] = {{"code", kStatusError}, {"message", span.error}};
  return json;
}

}  // namespace

std::string EncodeOtlp(const Resource& resource, const std::vector<Span>& spans) {
  ordered_json list = ordered_json::array();
  for (const Span& span : spans) list.push_back(ToJson(span));
  const ordered_json who = {{"attributes", ToJson({{"service.name", resource.service},
                                                   {"service.version", resource.version},
                                                   {"host.name", resource.host}})}};
  ordered_json scope = {{"scope", {{"name", "webhook-platform"}, {"version", resource.version}}},
                        {"spans", std::move(list)}};
  ordered_json of_resource = {{"resource", who}, {"scopeSpans", ordered_json::array({std::move(scope)})}};
  const ordered_json request = {{"resourceSpans", ordered_json::array({std::move(of_resource)})}};
  return request.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace webhook::trace
