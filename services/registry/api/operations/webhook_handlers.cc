#include "services/registry/api/operations/webhook_handlers.h"

#include <optional>

#include "crypto/crypto.h"
#include "crypto/webhook_signature.h"
#include "domain/ids.h"
#include "runtime/clock.h"
#include "services/registry/api/operations/page.h"
#include "services/registry/api/operations/redelivery_filter.h"
#include "services/registry/api/operations/shapes.h"
#include "services/registry/store/redeliveries.h"

namespace webhook {
namespace {

using nlohmann::ordered_json;

constexpr int kDefaultOverlap = 24 * 3600;  // as the document says
constexpr char kPaused[] = "Paused by its owner.";
// Until the workers know of the change, and what they skipped before is in the log.
constexpr std::chrono::seconds kCatchUpDelay{10};
// Nothing waits for longer before it is skipped: webhook.deliveries keeps no more.
constexpr std::chrono::days kLongestWait{7};

void AddTag(const Webhook& webhook, Reply* reply) {
  reply->headers.emplace_back("ETag", "\"" + std::to_string(webhook.revision) + "\"");
}

ordered_json TestJson(const DeliveryCommands::Tested& tested, const std::string& webhook,
                      const std::string& event) {
  ordered_json json;
  json["delivery_id"] = tested.delivery_id.str();
  json["webhook_id"] = webhook;
  json["event"] = event;
  json["state"] = ToText(tested.row ? tested.row->state : DeliveryState::kPending);
  if (tested.row) {
    json["outcome"] = tested.row->outcome;
    json["reason"] = tested.row->reason;
  }
  if (tested.attempt) {
    const ordered_json attempt = ToJson(*tested.attempt);
    for (const char* name : {"status", "duration_ms", "response_excerpt"}) json[name] = attempt[name];
  }
  return json;
}

std::vector<FieldViolation> CheckOwnSecret(const Call& call) {
  if (!call.body().is_object() || !call.body().contains("secret")) return {};
  const Status good =
      crypto::CheckSigningSecret(Secret(call.body().at("secret").get<std::string>()), "/secret");
  return good ? std::vector<FieldViolation>() : good.error().violations;
}

// What was skipped since then: also what had waited before.
store::NewRedelivery CatchUp(const WebhookId& webhook, WallTime inactive_since) {
  const WallTime now = runtime::ReadClock().wall;
  ordered_json filter;
  filter["webhook_id"] = webhook.str();
  filter["state"] = ToText(DeliveryState::kSkipped);
  filter["since"] = FormatMillis(inactive_since - kLongestWait);
  filter["until"] = FormatMillis(now + kCatchUpDelay);
  filter["changed_since"] = FormatMillis(inactive_since);
  const std::string text = filter.dump();
  return {TimeOrderedId("redelivery", now, crypto::Random16()), text, ReadRedeliveryFilter(text),
          kCatchUpDelay};
}

}  // namespace

void WebhookHandlers::AddTo(Handlers* handlers) {
  const auto check = [this](const Call& call) {
    return webhooks_.Check(call.tx(), ReadWebhookInput(call.body()));
  };
  (*handlers)["createWebhook"] = {[this](const Call& call) { return Create(call); }, check};
  (*handlers)["listWebhooks"] = {[this](const Call& call) { return List(call); }};
  (*handlers)["getWebhook"] = {[this](const Call& call) { return Get(call); }};
  (*handlers)["updateWebhook"] = {[this](const Call& call) { return Update(call); }, check};
  (*handlers)["patchWebhook"] = {[this](const Call& call) { return Update(call); }, check};
  (*handlers)["deleteWebhook"] = {[this](const Call& call) { return Delete(call); }};
  (*handlers)["listSecrets"] = {[this](const Call& call) { return ListSecrets(call); }};
  (*handlers)["rotateSecret"] = {[this](const Call& call) { return RotateSecret(call); }, CheckOwnSecret};
  (*handlers)["testWebhook"] = {[this](const Call& call) { return Test(call); },
                                [](const Call& call) {
                                  return DeliveryCommands::CheckTest(call.tx(),
                                                                     call.body().value("event", ""));
                                }};
  (*handlers)["pauseWebhook"] = {[this](const Call& call) { return Pause(call); }};
  (*handlers)["resumeWebhook"] = {[this](const Call& call) { return Resume(call); }};
}

Result<Reply> WebhookHandlers::Create(const Call& call) const {
  if (call.Query<bool>("validate_only")) {
    if (Status room = webhooks_.CheckQuota(call.tx(), call.account(), 1); !room) return room.error();
    return Reply{.json = {{"valid", true}}};
  }
  const auto created = webhooks_.Create(call.tx(), call.account(), ReadWebhookInput(call.body()));
  // Afterwards: changes of webhooks wait for each other, so none comes between.
  if (Status room = webhooks_.CheckQuota(call.tx(), call.account(), 0); !room) return room.error();
  Reply reply;
  reply.status = 201;
  reply.json = ToJson(created.record);
  reply.json["secret"] = created.secret.Reveal();
  reply.object = created.record.webhook.id.str();
  reply.headers.emplace_back("Location", "/v2/webhooks/" + reply.object);
  AddTag(created.record.webhook, &reply);
  return reply;
}

Result<Reply> WebhookHandlers::List(const Call& call) const {
  const auto page = PageReader::Read(call, cursor_key_);
  if (!page) return page.error();
  store::WebhookFilter filter;
  if (call.HasQuery("active")) filter.active = call.Query<bool>("active");
  filter.event_type = call.Query<std::string>("event");
  filter.url_prefix = call.Query<std::string>("url_prefix");
  return page->Answer<store::WebhookRecord>(
      store::ListWebhooks(call.tx(), call.account(), filter, page->after().id, page->rows()),
      [](const store::WebhookRecord& last) {
        return Cursor{0, last.webhook.id.str()};
      });
}

Result<Reply> WebhookHandlers::Get(const Call& call) const {
  const auto found = store::ReadWebhook(call.tx(), call.account(), WebhookId(call.id()));
  if (!found) return found.error();
  Reply reply;
  reply.json = ToJson(*found);
  AddTag(found->webhook, &reply);
  return reply;
}

Result<Reply> WebhookHandlers::Update(const Call& call) const {
  const auto updated = webhooks_.Update(call.tx(), call.account(), WebhookId(call.id()),
                                        call.input.if_revision, ReadWebhookInput(call.body()));
  if (!updated) return updated.error();
  Reply reply;
  reply.json = ToJson(*updated);
  reply.object = call.id();
  AddTag(updated->webhook, &reply);
  return reply;
}

Result<Reply> WebhookHandlers::Delete(const Call& call) const {
  if (Status deleted =
          store::DeleteWebhook(call.tx(), call.account(), WebhookId(call.id()), call.input.if_revision);
      !deleted)
    return deleted.error();
  Reply reply;
  reply.status = 204;
  reply.object = call.id();
  return reply;
}

Result<Reply> WebhookHandlers::ListSecrets(const Call& call) const {
  const WebhookId id(call.id());
  if (const auto own = store::ReadWebhook(call.tx(), call.account(), id); !own) return own.error();
  Reply reply;
  reply.json["data"] = ordered_json::array();
  for (const store::SecretRow& secret : secrets_.List(call.tx(), call.account(), id))
    reply.json["data"].push_back(ToJson(secret));
  return reply;
}

Result<Reply> WebhookHandlers::RotateSecret(const Call& call) const {
  const WebhookId id(call.id());
  std::optional<Secret> own;
  if (call.body().contains("secret")) own = Secret(call.body().at("secret").get<std::string>());
  const std::chrono::seconds overlap(
      call.body().is_null() ? kDefaultOverlap : call.body().value("overlap_seconds", kDefaultOverlap));
  const auto secret = webhooks_.RotateSecret(call.tx(), call.account(), id, own, overlap);
  if (!secret) return secret.error();
  Reply reply;
  reply.json["secret"] = secret->Reveal();
  reply.json["data"] = ordered_json::array();
  for (const store::SecretRow& row : secrets_.List(call.tx(), call.account(), id))
    reply.json["data"].push_back(ToJson(row));
  reply.object = call.id();
  return reply;
}

Result<Reply> WebhookHandlers::Pause(const Call& call) const {
  const std::string reason = call.body().is_null() ? "" : call.body().value("reason", "");
  const auto paused = store::UpdateWebhook(call.tx(), call.account(), WebhookId(call.id()),
                                           call.input.if_revision, [&](store::WebhookRecord* record) {
                                             record->webhook.active = false;
                                             record->webhook.inactive_reason =
                                                 reason.empty() ? kPaused : reason;
                                             return Ok();
                                           });
  if (!paused) return paused.error();
  Reply reply;
  reply.json = ToJson(*paused);
  reply.object = call.id();
  AddTag(paused->webhook, &reply);
  return reply;
}

Result<Reply> WebhookHandlers::Resume(const Call& call) const {
  const WebhookId id(call.id());
  auto webhook = store::ReadWebhook(call.tx(), call.account(), id);
  if (!webhook) return webhook.error();
  const bool catch_up = !call.body().is_null() && call.body().value("catch_up", false);
  Reply reply;
  reply.json["webhook"] = nullptr;
  reply.json["redelivery"] = nullptr;
  if (webhook->inactive_since && catch_up) {
    // Before the change, for whose commit all other changes wait. One at a time: it takes over what another
    // has left.
    const auto since = store::CancelCatchUps(call.tx(), call.account(), id);
    const WallTime from = std::min(*webhook->inactive_since, since.value_or(WallTime::max()));
    const auto redelivery = store::InsertRedelivery(call.tx(), call.account(), CatchUp(id, from));
    if (!redelivery) return redelivery.error();
    reply.json["redelivery"] = ToJson(*redelivery);
  }
  if (!webhook->webhook.active || call.input.if_revision) {
    webhook = store::UpdateWebhook(call.tx(), call.account(), id, call.input.if_revision,
                                   [](store::WebhookRecord* record) {
                                     record->webhook.active = true;
                                     record->webhook.inactive_reason.clear();
                                     return Ok();
                                   });
    if (!webhook) return webhook.error();
    reply.object = call.id();
  }
  reply.json["webhook"] = ToJson(*webhook);
  AddTag(webhook->webhook, &reply);
  return reply;
}

Result<Reply> WebhookHandlers::Test(const Call& call) const {
  const auto webhook = call.body().at("webhook_id").get<std::string>();
  const auto event = call.body().at("event").get<std::string>();
  const auto sent = deliveries_.Test(call.tx(), call.account(), WebhookId(webhook), event);
  if (!sent) return sent.error();
  Reply reply;
  reply.status = 202;
  reply.json = TestJson({*sent, std::nullopt, std::nullopt}, webhook, event);
  reply.object = sent->str();
  reply.after_commit = [this, account = call.account(), id = *sent, webhook, event](Reply* told) -> Status {
    const DeliveryCommands::Tested tested = deliveries_.AwaitEnd(account, id);
    if (tested.row) told->status = 200;
    told->json = TestJson(tested, webhook, event);
    return Ok();
  };
  return reply;
}

}  // namespace webhook
