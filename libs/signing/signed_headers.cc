#include "signing/signed_headers.h"

#include <cstdint>

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

}  // namespace

Result<HeaderList> SignedHeaders(const Delivery& delivery, const Webhook& webhook, WallTime now) {
  const auto secrets = LiveSecrets(webhook, now);
  if (secrets.empty()) return Error{ErrorCode::kInternal, "no_secret", "The webhook has no signing secret."};
  const Event& event = *delivery.event;
  const std::int64_t timestamp =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  std::string standard;
  for (const Secret* secret : secrets) {
    if (!standard.empty()) standard += ' ';
    standard += crypto::StandardSignature(*secret, event.notification_id.str(), timestamp, event.body);
  }

  HeaderList headers;
  headers.reserve(12 + webhook.headers.size());
  for (const auto& [name, value] : webhook.headers) headers.emplace_back(name, value);
  headers.emplace_back("Content-Type", "application/json");
  headers.emplace_back("User-Agent", "Platform-Webhooks/1.0");
  headers.emplace_back("X-Platform-Event", event.type);
  headers.emplace_back("X-Platform-Delivery", delivery.id.str());
  headers.emplace_back("X-Platform-Attempt", std::to_string(delivery.attempt));
  headers.emplace_back("X-Platform-Signature", crypto::PlatformSignature(*secrets[0], event.body));
  if (secrets.size() > 1) {
    headers.emplace_back("X-Platform-Signature-Previous", crypto::PlatformSignature(*secrets[1], event.body));
  }
  headers.emplace_back("webhook-id", event.notification_id.str());
  headers.emplace_back("webhook-timestamp", std::to_string(timestamp));
  headers.emplace_back("webhook-signature", std::move(standard));
  if (!event.traceparent.empty()) headers.emplace_back("traceparent", event.traceparent);
  return headers;
}

}  // namespace webhook
