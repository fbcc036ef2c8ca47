#include "services/registry/api/operations/signature_handlers.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "runtime/clock.h"
#include "services/registry/store/deliveries.h"
#include "services/registry/store/events.h"
#include "signing/signature_check.h"
#include "signing/signed_headers.h"

namespace webhook {
namespace {

std::string Verdict(const std::string& mistake) {
  return mistake.empty() ? "valid" : mistake;
}

// One word of a POSIX shell.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

void SignatureHandlers::AddTo(Handlers* handlers) {
  (*handlers)["verifySignature"] = {[this](const Call& call) { return Verify(call); }};
  (*handlers)["getDeliveryCurl"] = {[this](const Call& call) { return Curl(call); }};
}

Result<Webhook> SignatureHandlers::ReadWithSecrets(const Call& call, const WebhookId& id) const {
  auto found = store::ReadWebhook(call.tx(), call.account(), id);
  if (!found) return found.error();
  std::vector<Webhook> webhooks = {std::move(found->webhook)};
  secrets_.Open(call.tx(), &webhooks);
  if (webhooks.front().secrets.empty())
    return Error{ErrorCode::kConflict, "no_secret", "the webhook's secret cannot be opened; rotate it"};
  return std::move(webhooks.front());
}

Result<Reply> SignatureHandlers::Verify(const Call& call) const {
  const auto webhook = ReadWithSecrets(call, WebhookId(call.body().at("webhook_id").get<std::string>()));
  if (!webhook) return webhook.error();
  ReceivedHeaders headers;
  for (const auto& [name, value] : call.body().at("headers").items()) {
    std::string lower = name;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    headers[lower] = value.get<std::string>();
  }
  const auto body = call.body().at("body").get<std::string>();
  const Secret& secret = webhook->secrets.front().value;
  const bool any_time = call.body().value("any_time", false);
  const std::string platform = CheckPlatformSignature(secret, headers, body);
  const std::string standard = CheckStandardSignature(
      secret, headers, body, any_time ? std::nullopt : std::optional(runtime::ReadClock().wall));
  Reply reply;
  reply.json = {{"valid", platform.empty() && standard.empty()},
                {"x_platform_signature", Verdict(platform)},
                {"webhook_signature", Verdict(standard)}};
  return reply;
}

Result<Reply> SignatureHandlers::Curl(const Call& call) const {
  const auto row = store::ReadDelivery(call.tx(), call.account(), DeliveryId(call.id()));
  if (!row) return row.error();
  const auto webhook = ReadWithSecrets(call, row->webhook_id);
  if (!webhook) return webhook.error();
  auto event = store::ReadEvent(call.tx(), call.account(), row->event_id, row->accepted_at);
  if (!event) return event.error();
  Delivery delivery;
  delivery.id = row->id;
  delivery.attempt = std::max(row->attempts, 1);
  delivery.event = std::make_shared<Event>(std::move(*event));
  const auto headers = SignedHeaders(delivery, *webhook, runtime::ReadClock().wall);
  if (!headers) return headers.error();
  std::string command = "curl -sS -i -X POST " + Quoted(webhook->url);
  for (const auto& [name, value] : *headers) command += " \\\n  -H " + Quoted(name + ": " + value);
  command += " \\\n  --data-raw " + Quoted(delivery.event->body);
  Reply reply;
  reply.json["command"] = command;
  return reply;
}

}  // namespace webhook
