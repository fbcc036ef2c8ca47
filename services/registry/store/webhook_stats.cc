#include "services/registry/store/webhook_stats.h"

#include <charconv>
#include <map>
#include <pqxx/pqxx>
#include <pqxx/stream_to>
#include <string_view>
#include <tuple>

#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

std::string ArrayText(const std::vector<std::int64_t>& numbers) {
  std::string text = "{";
  for (const std::int64_t number : numbers) text += (text.size() > 1 ? "," : "") + std::to_string(number);
  return text + "}";
}

// "{1,2}". A month's have half a million numbers: libpqxx's parser makes each of them a string.
std::vector<std::int64_t> ReadArray(std::string_view text) {
  std::vector<std::int64_t> numbers;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data() + 1; at < end;) {
    std::int64_t number = 0;
    const auto parsed = std::from_chars(at, end, number);
    if (parsed.ec != std::errc()) break;
    numbers.push_back(number);
    at = parsed.ptr + 1;
  }
  return numbers;
}

struct Count {
  std::int64_t requests = 0;
  LatencyCounts latency;
};
// (account, webhook, slot, outcome); the webhook's id is empty in the account's sums.
using Counts = std::map<std::tuple<AccountId, WebhookId, std::int64_t, std::string>, Count>;

Counts CountRequests(const std::vector<AttemptRecord>& attempts) {
  Counts counts;
  for (const AttemptRecord& attempt : attempts) {
    if (!attempt.requested || attempt.kind == DeliveryKind::kTest) continue;
    const auto slot =
        std::chrono::floor<std::chrono::minutes>(attempt.started_at.time_since_epoch()) / kStatsSlot;
    for (const WebhookId& webhook : {attempt.webhook_id, WebhookId()}) {
      Count& count = counts[{attempt.account, webhook, slot, attempt.outcome}];
      ++count.requests;
      count.latency.Add(attempt.duration);
    }
  }
  return counts;
}

// Adds what is staged to a table; `owner`: what a row of it is of, columns.
void MergeStats(Tx& tx, const std::string& table, const std::string& owner, const std::string& key,
                const std::string& staged) {
  tx.exec0("INSERT INTO " + table + " AS s (" + owner + ", at, outcome, requests, latency) SELECT " + owner +
           ", from_micros(at), outcome, requests, latency FROM staged_stats WHERE " + staged +
           " ON CONFLICT (" + key +
           ", at, outcome) DO UPDATE SET requests = s.requests + EXCLUDED.requests, "
           "latency = (SELECT array_agg(coalesce(a, 0) + coalesce(b, 0) ORDER BY n) "
           "FROM unnest(s.latency, EXCLUDED.latency) WITH ORDINALITY AS both_of(a, b, n))");
}

void MergeHours(Tx& tx) {
  tx.exec0(
      "INSERT INTO webhook_hours AS h (webhook_id, at, account_id, requests, succeeded) "
      "SELECT webhook_id, date_bin('1 hour', from_micros(at), 'epoch'), account_id, sum(requests), "
      "coalesce(sum(requests) FILTER (WHERE outcome = 'success'), 0) FROM staged_stats WHERE webhook_id <> "
      "'' "
      "GROUP BY 1, 2, 3 ON CONFLICT (webhook_id, at) DO UPDATE SET requests = h.requests + "
      "EXCLUDED.requests, "
      "succeeded = h.succeeded + EXCLUDED.succeeded");
}

// of: conditions on the rows.
std::vector<StatsRow> Read(Tx& tx, const std::string& table, const std::string& of, WallTime since,
                           WallTime until) {
  const auto rows =
      tx.exec("SELECT micros(at), outcome, requests, latency FROM " + table + " WHERE " + of +
              " AND at >= from_micros(" + std::to_string(ToMicros(since)) + ") AND at < from_micros(" +
              std::to_string(ToMicros(until)) + ") ORDER BY at, outcome");
  std::vector<StatsRow> stats;
  for (const auto& row : rows)
    stats.push_back({ToTime(row[0]), row[1].as<std::string>(), row[2].as<std::int64_t>(),
                     LatencyCounts(ReadArray(row[3].c_str()))});
  return stats;
}

std::string OfAccount(Tx& tx, const AccountId& account) {
  return "account_id = " + tx.quote(account.str());
}

std::string OfWebhook(Tx& tx, const AccountId& account, const WebhookId& webhook) {
  return OfAccount(tx, account) + " AND webhook_id = " + tx.quote(webhook.str());
}

// The newest that wait, as a table.
std::string NewestWaiting(const char* column, const std::string& of, int limit) {
  return std::string("(SELECT ") + column + " FROM deliveries WHERE " + of +
         " AND state = " + std::to_string(static_cast<int>(DeliveryState::kWaiting)) +
         " ORDER BY accepted_at DESC, id DESC LIMIT " + std::to_string(limit) + ") newest";
}

}  // namespace

void AddStats(Tx& tx, const std::vector<AttemptRecord>& attempts) {
  const Counts counts = CountRequests(attempts);
  if (counts.empty()) return;
  tx.exec0(
      "CREATE TEMP TABLE IF NOT EXISTS staged_stats (account_id text, webhook_id text, at bigint, outcome "
      "text, "
      "requests bigint, latency bigint[]) ON COMMIT DELETE ROWS");
  pqxx::stream_to stream(tx, "staged_stats");
  for (const auto& [key, count] : counts) {
    const auto& [account, webhook, slot, outcome] = key;
    stream << std::make_tuple(account.str(), webhook.str(),
                              std::chrono::microseconds(slot * kStatsSlot).count(), outcome, count.requests,
                              ArrayText(count.latency.classes()));
  }
  stream.complete();
  MergeStats(tx, "webhook_stats", "account_id, webhook_id", "webhook_id", "webhook_id <> ''");
  MergeStats(tx, "account_stats", "account_id", "account_id", "webhook_id = ''");
  MergeHours(tx);
}

std::vector<StatsRow> ReadStats(Tx& tx, const AccountId& account, const WebhookId& webhook, WallTime since,
                                WallTime until) {
  return Read(tx, "webhook_stats", OfWebhook(tx, account, webhook), since, until);
}

std::vector<StatsRow> ReadAccountStats(Tx& tx, const AccountId& account, WallTime since, WallTime until) {
  return Read(tx, "account_stats", OfAccount(tx, account), since, until);
}

Waiting ReadWaiting(Tx& tx, const AccountId& account, const WebhookId& webhook, int limit) {
  const auto row = tx.exec1("SELECT count(*), micros(min(next_attempt_at)) FROM " +
                            NewestWaiting("next_attempt_at", OfWebhook(tx, account, webhook), limit));
  return {row[0].as<std::int64_t>(), ToOptionalTime(row[1])};
}

Waiting ReadAccountWaiting(Tx& tx, const AccountId& account, int limit, int looked) {
  const std::string of = OfAccount(tx, account);
  const auto row = tx.exec1("SELECT (SELECT count(*) FROM " + NewestWaiting("1", of, limit) +
                            "), (SELECT micros(min(next_attempt_at)) FROM " +
                            NewestWaiting("next_attempt_at", of, looked) + ")");
  return {row[0].as<std::int64_t>(), ToOptionalTime(row[1])};
}

}  // namespace webhook::store
