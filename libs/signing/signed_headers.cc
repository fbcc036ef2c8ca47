#include "signing/signed_headers.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "crypto/webhook_signature.h"

namespace webhook {
namespace {

std::vector<const Secret*> LiveSecrets(const Webhook& webhook, WallTime now) {
  std::vector<const Secret*> live;
  for (const SigningSecret& secret : webhook.secrets) {
    if (!secret.expires_at || *secret.expires_at > now) live.push_back(&secret.value);
  }
  return live;
}

// tell(name, value) of each, in their order.
template <typename Tell>
Status TellHeaders(const Delivery& delivery, const Webhook& webhook, WallTime now, Tell tell) {
  const auto secrets = LiveSecrets(webhook, now);
  if (secrets.empty()) return Error{ErrorCode::kInternal, "no_secret", "The webhook has no signing secret."};
  const Event& event = *delivery.event;
  const std::int64_t timestamp =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();

  for (const auto& [name, value] : webhook.headers) tell(name, value);
  tell("Content-Type", "application/json");
  tell("User-Agent", "Platform-Webhooks/1.0");
  tell("X-Platform-Event", event.type);
  tell("X-Platform-Delivery", delivery.id.str());
  tell("X-Platform-Attempt", std::to_string(delivery.attempt));
  tell("X-Platform-Signature", crypto::PlatformSignature(*secrets[0], event.body));
  if (secrets.size() > 1)
    tell("X-Platform-Signature-Previous", crypto::PlatformSignature(*secrets[1], event.body));
  tell("webhook-id", event.notification_id.str());
  tell("webhook-timestamp", std::to_string(timestamp));
  std::string standard;
  for (const Secret* secret : secrets) {
    if (!standard.empty()) standard += ' ';
    standard += crypto::StandardSignature(*secret, event.notification_id.str(), timestamp, event.body);
  }
  tell("webhook-signature", standard);
  if (!event.traceparent.empty()) tell("traceparent", event.traceparent);
  return Ok();
}

}  // namespace

Result<HeaderList> SignedHeaders(const Delivery& delivery, const Webhook& webhook, WallTime now) {
  HeaderList headers;
  const Status told = TellHeaders(delivery, webhook, now, [&](std::string_view name, std::string_view value) {
    headers.emplace_back(name, value);
  });
  return told ? Result<HeaderList>(std::move(headers)) : told.error();
}

Result<std::string> SignedHeaderLines(const Delivery& delivery, const Webhook& webhook, WallTime now) {
  std::string lines;
  lines.reserve(768);  // those of ours
  const Status told = TellHeaders(delivery, webhook, now, [&](std::string_view name, std::string_view value) {
    lines.append(name).append(": ").append(value).append("\r\n");
  });
  return told ? Result<std::string>(std::move(lines)) : told.error();
}

}  // namespace webhook
