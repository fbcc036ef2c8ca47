#include "services/registry/api/operations/delivery_handlers.h"

#include <algorithm>
#include <cstdio>

#include "core/check.h"
#include "crypto/crypto.h"
#include "domain/ids.h"
#include "runtime/clock.h"
#include "services/registry/api/operations/page.h"
#include "services/registry/api/operations/redelivery_filter.h"
#include "services/registry/api/operations/shapes.h"
#include "services/registry/api/operations/time_range.h"
#include "services/registry/store/cancellations.h"
#include "services/registry/store/events.h"
#include "services/registry/store/redeliveries.h"
#include "services/registry/store/webhooks.h"

namespace webhook {
namespace {

using nlohmann::ordered_json;

constexpr int kAttemptsShown = 100;  // with their delivery: the newest

// What fits the filter up to now: what fails while it runs is no part of it.
ordered_json FilterOf(const nlohmann::json& body) {
  ordered_json filter;
  for (const char* name : {"webhook_id", "state", "event", "since", "until"}) {
    if (body.contains(name)) filter[name] = body.at(name);
  }
  const WallTime now = runtime::ReadClock().wall;
  const auto until = body.contains("until") ? ParseTime(body.at("until").get<std::string>()) : std::nullopt;
  if (!until || *until > now) filter["until"] = FormatMillis(now);
  return filter;
}

Reply Page(const Call& call, const PageReader& page, const store::DeliveryFilter& filter) {
  const auto list = store::ListDeliveries(call.tx(), call.account(), filter, page.position(), page.rows());
  std::optional<Cursor> go_on;
  if (list.go_on) go_on = Cursor{list.go_on->accepted_at.time_since_epoch().count(), list.go_on->id};
  return page.Answer<store::DeliveryRow>(
      list.rows,
      [](const store::DeliveryRow& last) {
        return Cursor{last.accepted_at.time_since_epoch().count(), last.id.str()};
      },
      go_on);
}

std::vector<FieldViolation> CheckBodyRange(const Call& call) {
  const auto time = [&](const char* name) {
    const auto found = call.body().find(name);
    return found == call.body().end() ? std::nullopt : ParseTime(found->get<std::string>());
  };
  const auto since = time("since");
  const auto until = time("until");
  if (!since || !until || *since <= *until) return {};
  return {{"/until", "out_of_range", "must not be before since"}};
}

}  // namespace

void DeliveryHandlers::AddTo(Handlers* handlers) {
  (*handlers)["listDeliveries"] = {[this](const Call& call) { return List(call); }, CheckTimeRange};
  (*handlers)["getDelivery"] = {[this](const Call& call) { return Get(call); }};
  (*handlers)["listAttempts"] = {[this](const Call& call) { return ListAttempts(call); }};
  (*handlers)["listDeliveriesOfEvent"] = {[this](const Call& call) { return ListOfEvent(call); }};
  (*handlers)["createRedelivery"] = {[this](const Call& call) { return CreateRedelivery(call); },
                                     CheckBodyRange};
  (*handlers)["listRedeliveries"] = {[this](const Call& call) { return ListRedeliveries(call); }};
  (*handlers)["getRedelivery"] = {[this](const Call& call) { return GetRedelivery(call); }};
  (*handlers)["cancelRedelivery"] = {[this](const Call& call) { return CancelRedelivery(call); }};
  (*handlers)["cancelDelivery"] = {[this](const Call& call) { return Cancel(call); }};
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
  filter.outcome = call.Query<std::string>("outcome");
  filter.status = call.Query<int>("status");
  filter.since = QueryTime(call, "since");
  filter.until = QueryTime(call, "until");
  return Page(call, *page, filter);
}

Result<Reply> DeliveryHandlers::Get(const Call& call) const {
  const DeliveryId id(call.id());
  const auto delivery = store::ReadDelivery(call.tx(), call.account(), id);
  if (!delivery) return delivery.error();
  Reply reply;
  reply.json = ToJson(*delivery);
  const auto cancelled = store::CancelledAt(call.tx(), *delivery);
  reply.json["cancel_requested_at"] =
      cancelled ? ordered_json(FormatMillis(*cancelled)) : ordered_json(nullptr);
  reply.json["attempt_log"] = ordered_json::array();
  auto attempts = store::ListAttempts(call.tx(), *delivery, std::nullopt, kAttemptsShown);
  std::reverse(attempts.begin(), attempts.end());
  for (const store::AttemptRow& attempt : attempts) reply.json["attempt_log"].push_back(ToJson(attempt));
  return reply;
}

Result<Reply> DeliveryHandlers::ListAttempts(const Call& call) const {
  const auto page = PageReader::Read(call, cursor_key_);
  if (!page) return page.error();
  const auto delivery = store::ReadDelivery(call.tx(), call.account(), DeliveryId(call.id()));
  if (!delivery) return delivery.error();
  std::optional<store::AttemptPosition> before;
  if (const auto position = page->position()) {
    int run = 0;
    int attempt = 0;
    CHECK(std::sscanf(position->id.c_str(), "%d.%d", &run, &attempt) == 2, "a cursor is signed: it is ours");
    before = {position->accepted_at, run, attempt};
  }
  return page->Answer<store::AttemptRow>(
      store::ListAttempts(call.tx(), *delivery, before, page->rows()), [](const store::AttemptRow& last) {
        return Cursor{last.started_at.time_since_epoch().count(),
                      std::to_string(last.run) + "." + std::to_string(last.attempt)};
      });
}

Result<Reply> DeliveryHandlers::ListOfEvent(const Call& call) const {
  const EventId id(call.id());
  if (const auto event = store::ReadEventRow(call.tx(), call.account(), id); !event) return event.error();
  const auto page = PageReader::Read(call, cursor_key_);
  if (!page) return page.error();
  store::DeliveryFilter filter;
  filter.event_id = id.str();
  return Page(call, *page, filter);
}

Result<Reply> DeliveryHandlers::Cancel(const Call& call) const {
  const auto delivery = store::ReadDelivery(call.tx(), call.account(), DeliveryId(call.id()));
  if (!delivery) return delivery.error();
  if (delivery->state != DeliveryState::kPending && delivery->state != DeliveryState::kWaiting)
    return Error{ErrorCode::kConflict, "delivery_ended",
                 "the delivery has ended: there is nothing to cancel"};
  // With its webhook it is cancelled as well, when its time comes.
  if (!store::ReadWebhook(call.tx(), call.account(), delivery->webhook_id))
    return Error{ErrorCode::kConflict, "webhook_deleted",
                 "the delivery's webhook was deleted: it will not be sent"};
  if (Status cancelled = store::Cancel(call.tx(), *delivery); !cancelled) return cancelled.error();
  Reply reply;
  reply.status = 202;
  reply.json = {{"id", call.id()}, {"run", delivery->run}};
  reply.object = call.id();
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

Result<Reply> DeliveryHandlers::CreateRedelivery(const Call& call) const {
  const ordered_json filter_json = FilterOf(call.body());
  const store::DeliveryFilter filter = ReadRedeliveryFilter(filter_json.dump());
  if (!filter.webhook_id.empty()) {
    const auto own = store::ReadWebhook(call.tx(), call.account(), WebhookId(filter.webhook_id));
    if (!own) return own.error();
  }
  const auto place = counting_.Take(call.account());
  if (!place)
    return Error{ErrorCode::kUnavailable, "counting",
                 "another redelivery of the account is being counted; repeat in a moment"};
  Reply reply;
  if (call.body().value("dry_run", false)) {
    const auto count = store::CountRedelivery(call.tx(), call.account(), filter);
    if (!count) return count.error();
    reply.json = {{"total", count->total}, {"webhooks", count->webhooks}};
    return reply;
  }
  const std::string id = TimeOrderedId("redelivery", runtime::ReadClock().wall, crypto::Random16());
  const auto begun = store::InsertRedelivery(call.tx(), call.account(), {id, filter_json.dump(), filter});
  if (!begun) return begun.error();
  reply.status = 202;
  reply.json = ToJson(*begun);
  reply.object = id;
  reply.headers.emplace_back("Location", "/v2/redeliveries/" + id);
  return reply;
}

Result<Reply> DeliveryHandlers::ListRedeliveries(const Call& call) const {
  const auto page = PageReader::Read(call, cursor_key_);
  if (!page) return page.error();
  return page->Answer<store::Redelivery>(
      store::ListRedeliveries(call.tx(), call.account(), page->after().id, page->rows()),
      [](const store::Redelivery& last) {
        return Cursor{0, last.id};
      });
}

Result<Reply> DeliveryHandlers::GetRedelivery(const Call& call) const {
  const auto found = store::ReadRedelivery(call.tx(), call.account(), call.id());
  if (!found) return found.error();
  Reply reply;
  reply.json = ToJson(*found);
  return reply;
}

Result<Reply> DeliveryHandlers::CancelRedelivery(const Call& call) const {
  if (Status cancelled = store::CancelRedelivery(call.tx(), call.account(), call.id()); !cancelled)
    return cancelled.error();
  Reply reply;
  reply.status = 204;
  reply.object = call.id();
  return reply;
}

}  // namespace webhook
