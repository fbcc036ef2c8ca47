#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/time.h"
#include "domain/attempt_record.h"
#include "domain/delivery.h"
#include "domain/event.h"
#include "domain/webhook.h"
#include "services/delivery-worker/engine/pump_queue.h"
#include "services/delivery-worker/engine/token.h"

// How the lanes' effects leave them. No method blocks. Send(), Append…(), Move() and AskBarrier() answer
// later, once, through the On… method of the lane that is named there, never from inside the call.
namespace webhook {

// What became of one append. `offset`: where the record lies in its partition.
struct Appended {
  bool ok = false;
  std::int64_t offset = -1;
};

class HttpPort {
 public:
  virtual ~HttpPort() = default;
  // Signs and sends one attempt; nothing of it is written outside of the lease. Exactly one OnResponse(token)
  // follows, within the lesser of webhook.timeout and the worker's setting http-timeout, or up to 20 ms
  // later; none once the lane is gone.
  virtual void Send(Token token, const Delivery& delivery, const std::shared_ptr<const Webhook>& webhook) = 0;
};

// A place in flight that was asked for. Where it is not taken, the webhook stands in line in both cases, in
// different lines.
enum class Place {
  kTaken,
  kInLine,   // for any place: the loop has none free for anybody, or may begin no more in this turn
  kCrowded,  // for one of its account or host, which has all that it may have, or others in line before it
};

// The places in flight that all lanes of a loop share (admission.h).
class AdmissionPort {
 public:
  virtual ~AdmissionPort() = default;
  // Takes a place for a request to the webhook. Where it is not taken, one OnPlace(webhook) follows, when its
  // turn to ask again has come.
  [[nodiscard]] virtual Place Enter(const std::shared_ptr<const Webhook>& webhook) = 0;
  // Gives it back. OnPlace() of any webhook of the loop may come inside the call: a lane makes it when its
  // own state is whole.
  virtual void Leave(const Webhook& webhook) = 0;
};

// Exactly one OnAppended(token) follows each call.
class JournalPort {
 public:
  virtual ~JournalPort() = default;
  // Appends to the topic: a wait tier, or webhook.deliveries, and there to the lane's own partition. With the
  // latter a delivery lane that drains hands over to the next owner what it has not sent.
  virtual void AppendWait(Token token, const char* topic, const Delivery& delivery) = 0;
  // Appends to the attempts.
  virtual void AppendAttempt(Token token, const AttemptRecord& record) = 0;
};

class ReportPort {
 public:
  virtual ~ReportPort() = default;
  // The state of a delivery of the event has changed, with or without a request: said once, before it is
  // appended.
  virtual void Report(const AttemptRecord& record, const Event& event) = 0;
};

class DeactivatePort {
 public:
  virtual ~DeactivatePort() = default;
  // Asks the registry to set the webhook inactive, as seen at `revision` of it. Best effort.
  virtual void Deactivate(const WebhookId& webhook, const std::string& reason, std::int64_t revision) = 0;
};

// The local copy of all webhooks. From any thread. It may change between two calls. To judge that a webhook
// is not there, read revision() before Find(): null then means "not there at that revision". To stamp what
// was made of webhooks, read revision() after Of(): the stamp is no older than they are.
class WebhookDirectory {
 public:
  virtual ~WebhookDirectory() = default;
  // Null: not known.
  virtual std::shared_ptr<const Webhook> Find(const WebhookId& id) const = 0;
  // All of one account, as they are now; never null.
  virtual std::shared_ptr<const std::vector<std::shared_ptr<const Webhook>>> Of(
      const AccountId& account) const = 0;
  virtual std::int64_t revision() const = 0;
  // Another number after each change: what was found after reading it is still so while it is the same. Read
  // it after revision(). (A revision comes again where the registry's database was restored.)
  virtual std::uint64_t changes() const = 0;
};

class LeasePort {
 public:
  virtual ~LeasePort() = default;
  // Until when nobody else can own the partitions of the lane's role, as the broker has confirmed, less a
  // margin (ADR 0008). From any thread.
  virtual MonoTime lease() const = 0;
};

class BarrierPort {
 public:
  virtual ~BarrierPort() = default;
  // Asks for the local copy of the webhooks to hold all that was committed before this call. One OnBarrier()
  // follows, in a bounded time: where the registry does not answer, of an older copy.
  virtual void AskBarrier() = 0;
};

class DeliveriesPort {
 public:
  virtual ~DeliveriesPort() = default;
  // Appends to the deliveries, where the webhook's partition is. Exactly one OnAppended(token) follows.
  virtual void AppendDelivery(Token token, const Delivery& delivery) = 0;
};

// What fan-out did with one event.
enum class FannedOut { kMatched, kUnmatched, kDuplicate };

// Counts events. States of deliveries are told to a ReportPort.
class FanoutReportPort {
 public:
  virtual ~FanoutReportPort() = default;
  // Once for each event, before its deliveries are appended. `deliveries`: how many were made of it.
  virtual void ReportFanout(FannedOut what, std::size_t deliveries) = 0;
};

class MovePort {
 public:
  virtual ~MovePort() = default;
  // Appends the record to the topic: to its webhook's partition of the deliveries, or to a wait tier. Exactly
  // one OnAppended(token) follows.
  virtual void Move(Token token, const char* topic, const Waiting& waiting) = 0;
};

}  // namespace webhook
