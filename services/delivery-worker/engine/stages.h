#pragma once

#include <absl/container/inlined_vector.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/time.h"
#include "domain/attempt_record.h"
#include "domain/delivery.h"
#include "domain/event.h"
#include "domain/webhook.h"

// The decisions of the worker: pure functions over values.
namespace webhook {

// --- fan-out

// One delivery for each of the webhooks that subscribes to the event's type, in their order, inactive ones
// too (Judge() skips those). `webhooks` are those of the event's account.
absl::InlinedVector<Delivery, 4> FanOut(const std::shared_ptr<const Event>& event,
                                        const std::vector<std::shared_ptr<const Webhook>>& webhooks,
                                        std::int64_t revision, WallTime now);

// --- before a request

struct SendIt {};
struct HoldForConfig {};  // our copy of the webhooks is older than the delivery's event: ask again later
struct End {              // no request, for good
  DeliveryState state;
  std::string outcome;  // word of AttemptRecord
  std::string reason;
};
using Verdict = std::variant<SendIt, HoldForConfig, End>;

// What a delivery is judged by: a copy of the webhooks.
struct Known {
  const Webhook* webhook;  // null: the copy has none of the delivery's id
  std::int64_t revision;   // of the copy
  // The delivery has waited long for a newer copy. It is then sent by this one, where this one says so: a
  // worker that is cut off from the registry, or a registry that was set back, must not stop it for good.
  bool waited;
};

// Too old: failed, "expired". By a copy of the webhooks that is older than the delivery's event:
// HoldForConfig, for the webhook may be changed since, but see Known. Cancelled itself, or its webhook
// deleted, or another account's: cancelled. Inactive, and no test: skipped.
Verdict Judge(const Delivery& delivery, const Known& known, std::chrono::seconds max_age, WallTime now);

// --- after a request

struct Delivered {};
struct Refused {
  int status;
  std::optional<std::chrono::seconds> retry_after;
};
struct Unreached {
  NetFault fault;
};
struct Blocked {
  bool by_name;  // the name may lead elsewhere again
};
struct OwnFault {};  // never costs an attempt
using Outcome = std::variant<Delivered, Refused, Unreached, Blocked, OwnFault>;

Outcome Classify(const HttpResult& result);
// The stable word of AttemptRecord and of the metrics.
std::string OutcomeWord(const Outcome& outcome, const Webhook& webhook);

struct Finish {
  DeliveryState state;
  std::string reason;
  bool deactivate = false;  // the endpoint says that it is gone (410)
};
struct RetryAt {
  WallTime due;
  std::string reason;
};
struct AgainSoon {};  // our own fault: the same attempt once more
using NextStep = std::variant<Finish, RetryAt, AgainSoon>;

// 2xx: delivered. A status of webhook.permanent_statuses (by default 400 and 410): rejected, and 410, where
// it is among them, deactivates. An address that must not be dialled: blocked; but where a
// name leads to it, which may be a mistake of an hour, not before the attempts are used. A test is not
// retried; nor is anything once the schedule is used up: failed. Retry-After only lengthens a pause, to an
// hour at most (docs/contract.md, points 3 and 4). `ended`: end of the attempt. `time_scale` shortens the
// schedule's pauses for development; a pause that the endpoint asks for is never shortened.
NextStep Decide(const Delivery& delivery, const Webhook& webhook, const Outcome& outcome,
                const HttpResult& result, double time_scale, WallTime ended);

// --- waiting

// How long a tier keeps a record; 0 for any other topic.
std::chrono::microseconds TierDelay(std::string_view topic, double time_scale);

// The topic that a delivery waits in until `due`: the greatest tier that is not longer than the rest, or the
// deliveries themselves where the rest is shorter than every tier (the lane holds it).
const char* WaitTopic(WallTime due, WallTime now, double time_scale);

// The same for a delivery that is parked: the shortest tier at least, else it would come back at once.
const char* ParkTopic(WallTime due, WallTime now, double time_scale);

// --- telling

// Why a delivery is parked: all there is.
inline constexpr char kWaitsForEndpoint[] =
    "Waits for the endpoint's rate limit or for its earlier deliveries.";
inline constexpr char kWaitsForAccount[] = "Waits for others of the account: together they hold much memory.";
inline constexpr char kWaitsForConfig[] = "Waits for the platform's configuration.";
inline constexpr char kWaitsForPlatform[] = "The platform could not send it: ";  // and what failed

// The record of a delivery's present state, without the fields of a request.
AttemptRecord DescribeDelivery(const Delivery& delivery, std::int32_t partition, std::int64_t offset);
// Adds that it is parked until `due`.
void DescribeParking(WallTime due, const std::string& reason, AttemptRecord* record);
// Adds what a request came to.
void DescribeRequest(HttpResult result, const std::string& url, AttemptRecord* record);

}  // namespace webhook
