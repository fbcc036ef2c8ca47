#include "services/registry/api/operations/event_handlers.h"

#include "domain/event_pattern.h"
#include "services/registry/api/operations/page.h"
#include "services/registry/api/operations/shapes.h"
#include "services/registry/api/operations/time_range.h"
#include "services/registry/store/events.h"

namespace webhook {
namespace {

using nlohmann::ordered_json;

constexpr int kMaxReach = 1'000;

// Why a webhook has no delivery of the event. What it is now says only so much of what it was then.
std::string WhyNot(const store::Reach& reach, const store::EventRow& event) {
  if (reach.webhook_created_at > event.accepted_at) return "The webhook was made after the event.";
  if (!MatchesAny(reach.events, event.type)) return "The webhook does not subscribe to " + event.type + ".";
  return "The event has not been fanned out yet, or the webhook subscribed to it later.";
}

}  // namespace

void EventHandlers::AddTo(Handlers* handlers) {
  (*handlers)["listEvents"] = {[this](const Call& call) { return List(call); }, CheckTimeRange};
  (*handlers)["getEvent"] = {[this](const Call& call) { return Get(call); }};
  (*handlers)["eraseEvent"] = {[this](const Call& call) { return Erase(call); }};
}

Result<Reply> EventHandlers::List(const Call& call) const {
  const auto page = PageReader::Read(call, cursor_key_);
  if (!page) return page.error();
  store::EventFilter filter;
  filter.type = call.Query<std::string>("event");
  filter.since = QueryTime(call, "since");
  filter.until = QueryTime(call, "until");
  return page->Answer<store::EventRow>(
      store::ListEvents(call.tx(), call.account(), filter, page->position(), page->rows()),
      [](const store::EventRow& last) {
        return Cursor{last.accepted_at.time_since_epoch().count(), last.id.str()};
      });
}

Result<Reply> EventHandlers::Get(const Call& call) const {
  const EventId id(call.id());
  const auto event = store::ReadEventRow(call.tx(), call.account(), id);
  if (!event) return event.error();
  Reply reply;
  reply.json = ToJson(*event);
  reply.json["body"] = nullptr;
  if (const auto content = store::ReadEvent(call.tx(), call.account(), id); content)
    reply.json["body"] = content->body;
  reply.json["webhooks"] = ordered_json::array();
  for (const store::Reach& reach : store::ReadReach(call.tx(), call.account(), id, kMaxReach)) {
    ordered_json& json = reply.json["webhooks"].emplace_back();
    json["webhook_id"] = reach.webhook_id.str();
    json["delivery_id"] = reach.delivery_id ? ordered_json(reach.delivery_id->str()) : ordered_json(nullptr);
    json["state"] = reach.delivery_id ? ordered_json(ToText(reach.state)) : ordered_json(nullptr);
    json["reason"] = reach.delivery_id ? reach.reason : WhyNot(reach, *event);
  }
  return reply;
}

Result<Reply> EventHandlers::Erase(const Call& call) const {
  if (Status erased = store::EraseEvent(call.tx(), call.account(), EventId(call.id())); !erased)
    return erased.error();
  Reply reply;
  reply.status = 204;
  reply.object = call.id();
  return reply;
}

}  // namespace webhook
