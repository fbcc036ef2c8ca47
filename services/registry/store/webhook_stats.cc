#include "services/registry/store/webhook_stats.h"

#include <charconv>
#include <map>
#include <pqxx/pqxx>
#include <string_view>
#include <tuple>

#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

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

Counts CountRequests(const Records& records) {
  Counts counts;
  for (const AttemptRecord* record : records) {
    const AttemptRecord& attempt = *record;
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
           ", at, outcome, requests, latency FROM staged_stats WHERE " + staged + " ON CONFLICT (" + key +
           ", at, outcome) DO UPDATE SET requests = s.requests + EXCLUDED.requests, "
           // In the arrays' own order: unnest() keeps it.
           "latency = ARRAY(SELECT coalesce(a, 0) + coalesce(b, 0) "
           "FROM unnest(s.latency, EXCLUDED.latency) AS both_of(a, b))");
}

void MergeHours(Tx& tx) {
  tx.exec0(
      "INSERT INTO webhook_hours AS h (webhook_id, at, account_id, requests, succeeded) "
      "SELECT webhook_id, date_bin('1 hour', at, 'epoch'), account_id, sum(requests), "
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

void AddStats(postgres::Session& session, Tx& tx, const Records& records) {
  const Counts counts = CountRequests(records);
  if (counts.empty()) return;
  session.CopyIn("staged_stats", {"account_id", "webhook_id", "at", "outcome", "requests", "latency"},
                 [&](postgres::BinaryRows& rows) {
                   for (const auto& [key, count] : counts) {
                     const auto& [account, webhook, slot, outcome] = key;
                     rows.Row()
                         .Text(account.view())
                         .Text(webhook.view())
                         .Time(WallTime(slot * kStatsSlot))
                         .Text(outcome)
                         .BigInt(count.requests)
                         .BigInts(count.latency.classes());
                   }
                 });
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
