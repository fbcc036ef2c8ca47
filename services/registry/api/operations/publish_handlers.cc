#include "services/registry/api/operations/publish_handlers.h"

#include <simdjson.h>

#include "domain/ids.h"

namespace webhook {
namespace {

// Of the threads that serve REST.
constexpr int kMostWaiting = 8;

// The bytes of the member "data": the parsed body has lost the order of its members. REQUIRES: the body was
// parsed, and has one.
Result<std::string> DataOf(const std::string& text) {
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(text);
  simdjson::ondemand::document document;
  simdjson::ondemand::object data;
  std::string_view raw;
  if (parser.iterate(padded).get(document) || document.find_field_unordered("data").get_object().get(data) ||
      data.raw_json().get(raw))
    return InvalidError({{"/data", "bad_json", "cannot be read"}});
  return std::string(raw);
}

}  // namespace

PublishHandlers::PublishHandlers(PublishPort* port) : port_(port), waiting_(kMostWaiting, kMostWaiting) {}

void PublishHandlers::AddTo(Handlers* handlers) {
  (*handlers)["publishEvent"] = {[this](const Call& call) { return Publish(call); }};
}

// After the transaction: a publish may take seconds, and holds no connection to the database meanwhile.
Result<Reply> PublishHandlers::Publish(const Call& call) const {
  if (port_ == nullptr)
    return Error{ErrorCode::kUnavailable, "no_ingest",
                 "this registry does not know event-ingest (setting ingest-addr)"};
  auto data = DataOf(call.input.text);
  if (!data) return data.error();
  PublishPort::Event event;
  event.id = call.body().value("id", "");
  event.account_id = call.body().value("account_id", call.account().str());
  event.type = call.body().at("event").get<std::string>();
  event.data = std::move(*data);
  if (call.body().contains("occurred_at"))
    event.occurred_at = ParseTime(call.body().at("occurred_at").get<std::string>());
  event.traceparent = call.in.caller.traceparent;
  event.tracestate = call.in.caller.tracestate;
  Reply reply;
  reply.status = 202;
  reply.after_commit = [this, event, account = call.account(),
                        authorization = call.in.caller.authorization](Reply* told) -> Status {
    const auto place = waiting_.Take(account);
    if (!place)
      return Error{ErrorCode::kUnavailable, "ingest_slow",
                   "many calls wait for event-ingest; repeat with the same id"};
    const auto published = port_->Publish(event, authorization);
    if (!published) return published.error();
    told->json = {{"id", published->id}, {"duplicate", published->duplicate}};
    return Ok();
  };
  return reply;
}

}  // namespace webhook
