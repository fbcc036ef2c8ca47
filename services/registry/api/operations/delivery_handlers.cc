#include "services/registry/api/operations/delivery_handlers.h"

#include "services/registry/api/operations/page.h"
#include "services/registry/api/operations/shapes.h"
#include "services/registry/api/operations/time_range.h"

namespace webhook {
namespace {

// The document has refused all other words.
std::optional<DeliveryState> ReadState(const std::string& word) {
  for (int number = 1; number <= static_cast<int>(DeliveryState::kBlocked); ++number) {
    const auto state = static_cast<DeliveryState>(number);
    if (ToText(state) == word) return state;
  }
  return std::nullopt;
}

}  // namespace

void DeliveryHandlers::AddTo(Handlers* handlers) {
  (*handlers)["listDeliveries"] = {[this](const Call& call) { return List(call); }, CheckTimeRange};
  (*handlers)["getDelivery"] = {[this](const Call& call) { return Get(call); }};
  (*handlers)["redeliver"] = {[this](const Call& call) { return Redeliver(call); }};
}

Result<Reply> DeliveryHandlers::List(const Call& call) const {
  const auto page = PageReader::Read(call, cursor_key_);
  if (!page) return page.error();
  store::DeliveryFilter filter;
  filter.webhook_id = call.Query<std::string>("webhook_id");
  filter.event_type = call.Query<std::string>("event");
  filter.event_id = call.Query<std::string>("event_id");
  filter.state = ReadState(call.Query<std::string>("state"));
  filter.since = QueryTime(call, "since");
  filter.until = QueryTime(call, "until");
  return page->Answer<store::DeliveryRow>(
      store::ListDeliveries(call.tx(), call.account(), filter, page->position(), page->rows()),
      [](const store::DeliveryRow& last) {
        return Cursor{last.accepted_at.time_since_epoch().count(), last.id.str()};
      });
}

Result<Reply> DeliveryHandlers::Get(const Call& call) const {
  const DeliveryId id(call.id());
  const auto delivery = store::ReadDelivery(call.tx(), call.account(), id);
  if (!delivery) return delivery.error();
  Reply reply;
  reply.json = ToJson(*delivery);
  reply.json["attempt_log"] = nlohmann::ordered_json::array();
  for (const store::AttemptRow& attempt : store::ReadAttempts(call.tx(), *delivery))
    reply.json["attempt_log"].push_back(ToJson(attempt));
  return reply;
}

Result<Reply> DeliveryHandlers::Redeliver(const Call& call) const {
  const auto run = deliveries_.Redeliver(call.tx(), call.account(), DeliveryId(call.id()));
  if (!run) return run.error();
  Reply reply;
  reply.status = 202;
  reply.json = {{"id", call.id()}, {"run", *run}};
  reply.object = call.id();
  return reply;
}

}  // namespace webhook
