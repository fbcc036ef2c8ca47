#include "services/registry/store/webhook_stats.h"

#include <map>
#include <pqxx/pqxx>
#include <pqxx/stream_to>
#include <tuple>

#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

std::string ArrayText(const std::vector<std::int64_t>& numbers) {
  std::string text = "{";
  for (const std::int64_t number : numbers) text += (text.size() > 1 ? "," : "") + std::to_string(number);
  return text + "}";
}

std::vector<std::int64_t> ReadArray(const pqxx::field& field) {
  std::vector<std::int64_t> numbers;
  pqxx::array_parser parser = field.as_array();
  for (auto part = parser.get_next(); part.first != pqxx::array_parser::done; part = parser.get_next()) {
    if (part.first == pqxx::array_parser::string_value) numbers.push_back(std::stoll(part.second));
  }
  return numbers;
}

}  // namespace

void AddStats(Tx& tx, const std::vector<AttemptRecord>& attempts) {
  struct Count {
    AccountId account;
    std::int64_t requests = 0;
    LatencyCounts latency;
  };
  // (webhook, slot, outcome)
  std::map<std::tuple<WebhookId, std::int64_t, std::string>, Count> counts;
  for (const AttemptRecord& attempt : attempts) {
    if (!attempt.requested || attempt.kind == DeliveryKind::kTest) continue;
    const auto slot =
        std::chrono::floor<std::chrono::minutes>(attempt.started_at.time_since_epoch()) / kStatsSlot;
    Count& count = counts[{attempt.webhook_id, slot, attempt.outcome}];
    count.account = attempt.account;
    ++count.requests;
    count.latency.Add(attempt.duration);
  }
  if (counts.empty()) return;
  tx.exec0(
      "CREATE TEMP TABLE IF NOT EXISTS staged_stats (account_id text, webhook_id text, at bigint, outcome "
      "text, "
      "requests bigint, latency bigint[]) ON COMMIT DELETE ROWS");
  pqxx::stream_to stream(tx, "staged_stats");
  for (const auto& [key, count] : counts) {
    const auto& [webhook, slot, outcome] = key;
    stream << std::make_tuple(count.account.str(), webhook.str(),
                              std::chrono::microseconds(slot * kStatsSlot).count(), outcome, count.requests,
                              ArrayText(count.latency.classes()));
  }
  stream.complete();
  tx.exec0(
      "INSERT INTO webhook_stats AS s (account_id, webhook_id, at, outcome, requests, latency) "
      "SELECT account_id, webhook_id, from_micros(at), outcome, requests, latency FROM staged_stats "
      "ON CONFLICT (webhook_id, at, outcome) DO UPDATE SET requests = s.requests + EXCLUDED.requests, "
      "latency = (SELECT array_agg(coalesce(a, 0) + coalesce(b, 0) ORDER BY n) "
      "FROM unnest(s.latency, EXCLUDED.latency) WITH ORDINALITY AS both_of(a, b, n))");
}

std::vector<StatsRow> ReadStats(Tx& tx, const AccountId& account, const WebhookId& webhook, WallTime since,
                                WallTime until) {
  const auto rows = tx.exec_params(
      "SELECT micros(at), outcome, requests, latency FROM webhook_stats WHERE account_id = $1 AND webhook_id "
      "= $2 "
      "AND at >= from_micros($3) AND at < from_micros($4) ORDER BY at, outcome",
      account.str(), webhook.str(), ToMicros(since), ToMicros(until));
  std::vector<StatsRow> stats;
  for (const auto& row : rows)
    stats.push_back({ToTime(row[0]), row[1].as<std::string>(), row[2].as<std::int64_t>(),
                     LatencyCounts(ReadArray(row[3]))});
  return stats;
}

Waiting ReadWaiting(Tx& tx, const AccountId& account, const WebhookId& webhook, int limit) {
  const auto row = tx.exec1(
      "SELECT count(*), micros(min(next_attempt_at)) FROM (SELECT next_attempt_at FROM deliveries WHERE "
      "account_id = " +
      tx.quote(account.str()) + " AND webhook_id = " + tx.quote(webhook.str()) +
      " AND state = " + std::to_string(static_cast<int>(DeliveryState::kWaiting)) +
      " ORDER BY accepted_at DESC, id DESC LIMIT " + std::to_string(limit) + ") newest");
  return {row[0].as<std::int64_t>(), ToOptionalTime(row[1])};
}

}  // namespace webhook::store
