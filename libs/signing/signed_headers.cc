#include "signing/signed_headers.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "crypto/webhook_signature.h"

namespace webhook {
namespace {

// Of a request's head as it is mostly: these lines, and what comes before and behind them.
constexpr std::size_t kHeadBytes = 1'024;

// tell(name, value) of each, in their order.
template <typename Tell>
Status TellHeaders(const Delivery& delivery, const Webhook& webhook, WallTime now, Tell tell) {
  const auto lives = [now](const SigningSecret& secret) {
    return !secret.expires_at || *secret.expires_at > now;
  };
  const auto newest = std::find_if(webhook.secrets.begin(), webhook.secrets.end(), lives);
  if (newest == webhook.secrets.end())
    return Error{ErrorCode::kInternal, "no_secret", "The webhook has no signing secret."};
  const auto previous = std::find_if(newest + 1, webhook.secrets.end(), lives);
  const bool overlap = previous != webhook.secrets.end();
  const Event& event = *delivery.event;
  const std::int64_t timestamp =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  thread_local std::string signature;

  for (const auto& [name, value] : webhook.headers) tell(name, value);
  tell("Content-Type", "application/json");
  tell("User-Agent", "Platform-Webhooks/1.0");
  tell("X-Platform-Event", event.type);
  tell("X-Platform-Delivery", delivery.id.view());
  tell("X-Platform-Attempt", std::to_string(delivery.attempt));
  signature.clear();
  crypto::AppendPlatformSignature(newest->value, event.body, &signature);
  tell("X-Platform-Signature", signature);
  if (overlap) {
    signature.clear();
    crypto::AppendPlatformSignature(previous->value, event.body, &signature);
    tell("X-Platform-Signature-Previous", signature);
  }
  tell("webhook-id", event.notification_id.view());
  tell("webhook-timestamp", std::to_string(timestamp));
  signature.clear();
  const auto sign = [&](const SigningSecret& secret) {
    crypto::AppendStandardSignature(secret.value, event.notification_id.view(), timestamp, event.body,
                                    &signature);
  };
  sign(*newest);
  if (overlap) {
    signature += ' ';
    sign(*previous);
  }
  tell("webhook-signature", signature);
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
  lines.reserve(kHeadBytes);
  const Status told = TellHeaders(delivery, webhook, now, [&](std::string_view name, std::string_view value) {
    lines.append(name).append(": ").append(value).append("\r\n");
  });
  return told ? Result<std::string>(std::move(lines)) : told.error();
}

}  // namespace webhook
