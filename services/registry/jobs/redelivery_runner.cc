#include "services/registry/jobs/redelivery_runner.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "log/log.h"
#include "metrics/families.h"
#include "runtime/clock.h"
#include "services/registry/api/operations/redelivery_filter.h"
#include "services/registry/store/events.h"
#include "services/registry/store/webhooks.h"

namespace webhook {
namespace {

constexpr int kMaxParts = 1'000;  // moved on in one step; the next step goes on behind them
constexpr std::chrono::minutes kAllowanceKept{10};
constexpr double kMostAtOnce = 100;
constexpr double kUnlimitedPace = 100;  // a second, to an endpoint without a limit

// Deliveries a second: half of what the endpoint's limit allows for long.
double PaceOf(const RateLimit& limit) {
  double pace = kUnlimitedPace * 2;
  if (limit.burst > 0) pace = std::min(pace, static_cast<double>(limit.burst) / limit.burst_seconds);
  if (limit.per_minute > 0) pace = std::min(pace, limit.per_minute / 60.0);
  return pace / 2;
}

struct Planned {
  std::vector<Delivery> deliveries;
  int erased = 0;     // more of them, whose events are gone since they were planned
  bool any = false;   // there are intents
  bool gone = false;  // the webhook is
};

}  // namespace

RedeliveryRunner::RedeliveryRunner(postgres::Database& database, OwnDeliveriesPort& port,
                                   metrics::Registry& metrics)
    : database_(database), port_(port), sent_(metrics.Make(metrics::kRedeliveriesSent)) {}

Status RedeliveryRunner::Step() {
  using Parts = std::vector<store::RedeliveryPart>;
  const auto parts = database_.Transact<Parts>("list redeliveries", [this](store::Tx& tx) -> Result<Parts> {
    return store::ListOpenParts(tx, behind_, kMaxParts);
  });
  if (!parts) return parts.error();
  behind_ = parts->size() == kMaxParts ? parts->back() : store::RedeliveryPart{};
  const MonoTime now = runtime::ReadClock().mono;
  std::erase_if(allowances_, [&](const auto& entry) { return entry.second.since + kAllowanceKept < now; });
  Status step = Ok();
  for (const store::RedeliveryPart& part : *parts) {
    // One that fails holds up none of the others.
    if (Status moved = StepPart(part, now); !moved) step = moved;
  }
  return step;
}

Status RedeliveryRunner::StepPart(const store::RedeliveryPart& part, MonoTime now) {
  Allowance& allowance = allowances_[{part.redelivery_id, part.webhook_id}];
  const auto filter = ReadRedeliveryFilter(part.filter);
  const auto planned =
      database_.Transact<Planned>("plan a redelivery", [&](store::Tx& tx) -> Result<Planned> {
        Planned plan;
        const auto webhook = store::ReadWebhook(tx, part.account, part.webhook_id);
        plan.gone = !webhook;
        if (plan.gone) return plan;
        const double pace = PaceOf(webhook->webhook.rate_limit);
        // One at once, so that a part of nothing ends at once.
        if (allowance.since == MonoTime{}) allowance = {std::max(pace, 1.0), now};
        const double passed = std::chrono::duration<double>(now - allowance.since).count();
        allowance.deliveries = std::min(allowance.deliveries + pace * passed, std::max(pace, kMostAtOnce));
        allowance.since = now;
        if (!store::PlanPart(tx, part, filter, static_cast<int>(allowance.deliveries))) return plan;
        plan.any = store::HasIntents(tx, part);
        for (const store::Intent& intent : store::ReadIntents(tx, part)) {
          auto event =
              store::ReadEvent(tx, part.account, intent.delivery.event_id, intent.delivery.accepted_at);
          if (!event) {
            ++plan.erased;
            continue;
          }
          Delivery& delivery = plan.deliveries.emplace_back();
          delivery.id = intent.delivery.id;
          delivery.event = std::make_shared<Event>(std::move(*event));
          delivery.webhook_id = part.webhook_id;
          delivery.run = intent.run;
          delivery.kind = DeliveryKind::kRedelivery;
          delivery.created_at = runtime::ReadClock().wall;
          delivery.config_revision = webhook->webhook.revision;
        }
        return plan;
      });
  if (!planned) return planned.error();
  if (!planned->any && !planned->gone) return Ok();
  if (Status appended = port_.Append(planned->deliveries); !appended) return appended;
  allowance.deliveries -= static_cast<double>(planned->deliveries.size());
  sent_.Add(static_cast<double>(planned->deliveries.size()));
  return database_.Transact<Done>("note a redelivery", [&](store::Tx& tx) -> Status {
    // In the order in which the log writer changes them.
    std::vector<const Delivery*> by_id;
    for (const Delivery& delivery : planned->deliveries) by_id.push_back(&delivery);
    std::sort(by_id.begin(), by_id.end(), [](const Delivery* a, const Delivery* b) { return a->id < b->id; });
    for (const Delivery* delivery : by_id) store::InsertPendingDelivery(tx, *delivery);
    if (planned->gone) {
      store::EndPart(tx, part);
    } else {
      store::FinishIntents(tx, part, planned->erased);
    }
    return Ok();
  });
}

}  // namespace webhook
