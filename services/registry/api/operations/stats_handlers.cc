#include "services/registry/api/operations/stats_handlers.h"

#include <algorithm>
#include <map>

#include "runtime/clock.h"
#include "services/registry/api/operations/shapes.h"
#include "services/registry/api/operations/time_range.h"
#include "services/registry/store/audit_log.h"
#include "services/registry/store/webhook_health.h"
#include "services/registry/store/webhook_stats.h"
#include "services/registry/store/webhooks.h"

namespace webhook {
namespace {

using nlohmann::ordered_json;
using std::chrono::seconds;

constexpr std::chrono::days kDefaultRange{1};
constexpr std::chrono::days kLongestRange{31};
constexpr std::int64_t kMostSteps = 1'500;
constexpr int kWaitingLooked = 10'000;
constexpr int kAccountNextLooked = 1'000;
constexpr int kChangesShown = 50;

struct Range {
  WallTime since{};
  WallTime until{};
  seconds step{0};
};

Range ReadRange(const Call& call, WallTime now) {
  Range range;
  range.until = QueryTime(call, "until").value_or(now);
  const WallTime since = QueryTime(call, "since").value_or(std::max(WallTime{}, range.until - kDefaultRange));
  range.since = WallTime(std::chrono::floor<std::chrono::minutes>(since.time_since_epoch()) /
                         store::kStatsSlot * store::kStatsSlot);
  range.step = seconds(call.HasQuery("step_seconds") ? call.Query<int>("step_seconds") : 3600);
  return range;
}

std::vector<FieldViolation> Check(const Call& call) {
  if (auto reversed = CheckTimeRange(call); !reversed.empty()) return reversed;
  const Range range = ReadRange(call, runtime::ReadClock().wall);
  if (range.until - range.since > kLongestRange + store::kStatsSlot)
    return {{"/since", "out_of_range", "must be at most 31 days before until"}};
  if ((range.until - range.since) / range.step > kMostSteps)
    return {
        {"/step_seconds", "out_of_range", "makes more than 1500 steps; take longer ones, or a shorter time"}};
  return {};
}

struct Counts {
  std::int64_t requests = 0;
  std::map<std::string, std::int64_t> outcomes;
  store::LatencyCounts latency;

  void Add(const store::StatsRow& row) {
    requests += row.requests;
    outcomes[row.outcome] += row.requests;
    latency.Add(row.latency);
  }
};

void AddTo(const Counts& counts, ordered_json* json) {
  (*json)["requests"] = counts.requests;
  (*json)["outcomes"] = ordered_json::object();
  for (const auto& [outcome, requests] : counts.outcomes) (*json)["outcomes"][outcome] = requests;
  (*json)["latency_ms"] = nullptr;
  for (const auto& [name, part] : {std::pair("p50", 0.5), std::pair("p95", 0.95), std::pair("p99", 0.99)}) {
    const auto latency = counts.latency.Quantile(part);
    if (latency) (*json)["latency_ms"][name] = static_cast<double>(latency->count()) / 1000;
  }
}

void AddTo(const Range& range, const std::vector<store::StatsRow>& rows, ordered_json* json) {
  Counts totals;
  std::map<WallTime, Counts> steps;
  for (const store::StatsRow& row : rows) {
    totals.Add(row);
    steps[range.since + (row.at - range.since) / range.step * range.step].Add(row);
  }
  (*json)["since"] = FormatMillis(range.since);
  (*json)["until"] = FormatMillis(range.until);
  (*json)["step_seconds"] = range.step.count();
  AddTo(totals, &(*json)["totals"]);
  (*json)["steps"] = ordered_json::array();
  for (const auto& [at, counts] : steps) {
    ordered_json& step = (*json)["steps"].emplace_back();
    step["at"] = FormatMillis(at);
    AddTo(counts, &step);
  }
}

void AddTo(const store::Waiting& waiting, ordered_json* json) {
  (*json)["waiting"]["deliveries"] = waiting.deliveries;
  (*json)["waiting"]["next_attempt_at"] =
      waiting.next_attempt_at ? ordered_json(FormatMillis(*waiting.next_attempt_at)) : ordered_json(nullptr);
}

Result<Reply> GetStats(const Call& call) {
  const WebhookId id(call.id());
  if (const auto own = store::ReadWebhook(call.tx(), call.account(), id); !own) return own.error();
  const Range range = ReadRange(call, runtime::ReadClock().wall);
  Reply reply;
  AddTo(range, store::ReadStats(call.tx(), call.account(), id, range.since, range.until), &reply.json);
  AddTo(store::ReadWaiting(call.tx(), call.account(), id, kWaitingLooked), &reply.json);
  reply.json["changes"] = ordered_json::array();
  for (const store::AuditEntry& change :
       store::ListAudit(call.tx(), call.account(), id.str(), "", kChangesShown))
    reply.json["changes"].push_back(
        {{"at", FormatMillis(change.at)}, {"actor", change.actor}, {"action", change.action}});
  return reply;
}

Result<Reply> GetAccountStats(const Call& call) {
  const Range range = ReadRange(call, runtime::ReadClock().wall);
  Reply reply;
  AddTo(range, store::ReadAccountStats(call.tx(), call.account(), range.since, range.until), &reply.json);
  AddTo(store::ReadAccountWaiting(call.tx(), call.account(), kWaitingLooked, kAccountNextLooked),
        &reply.json);
  const store::HealthCounts counts = store::CountHealth(call.tx(), call.account());
  reply.json["webhooks"] = {
      {"total", counts.webhooks}, {"active", counts.active}, {"failing", counts.failing}};
  reply.json["first_delivered"] = store::HasDelivered(call.tx(), call.account());
  return reply;
}

}  // namespace

void AddStatsHandlers(Handlers* handlers) {
  (*handlers)["getWebhookStats"] = {GetStats, Check};
  (*handlers)["getAccountStats"] = {GetAccountStats, Check};
}

}  // namespace webhook
