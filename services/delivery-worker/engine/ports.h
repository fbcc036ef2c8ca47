#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/time.h"
#include "domain/attempt_record.h"
#include "domain/delivery.h"
#include "domain/webhook.h"
#include "services/delivery-worker/engine/endpoint_gate.h"

// How a lane's effects leave it. No method blocks or fails: each answers later through the lane's On…
// methods, never from inside the call.
namespace webhook {

class HttpPort {
 public:
  virtual ~HttpPort() = default;
  // Signs and sends one attempt. Exactly one OnResponse(token) follows, within the webhook's timeout.
  virtual void Send(Token token, const Delivery& delivery, const std::shared_ptr<const Webhook>& webhook) = 0;
};

class JournalPort {
 public:
  virtual ~JournalPort() = default;
  // Appends to a wait tier, or to the lane's own partition of the deliveries. Exactly one OnAppended(token)
  // follows.
  virtual void AppendWait(Token token, const char* topic, const Delivery& delivery) = 0;
  // Appends to the attempts. Exactly one OnAppended(token) follows.
  virtual void AppendAttempt(Token token, const AttemptRecord& record) = 0;
};

class ReportPort {
 public:
  virtual ~ReportPort() = default;
  // A delivery's state has changed, with or without a request: said once, before it is appended.
  virtual void Report(const AttemptRecord& record) = 0;
};

class DeactivatePort {
 public:
  virtual ~DeactivatePort() = default;
  // Asks the registry to set the webhook inactive, as seen at `revision` of it. Best effort.
  virtual void Deactivate(const WebhookId& webhook, const std::string& reason, std::int64_t revision) = 0;
};

// The local copy of all webhooks. From any thread. It may change between two calls: whoever needs both reads
// revision() first, so that null means "not there at that revision".
class WebhookDirectory {
 public:
  virtual ~WebhookDirectory() = default;
  // Null: not known.
  virtual std::shared_ptr<const Webhook> Find(const WebhookId& id) const = 0;
  virtual std::int64_t revision() const = 0;
};

}  // namespace webhook
