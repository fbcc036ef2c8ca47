// What an older version has left, after the migrations.
#include "tests/integration/registry_tables_fixture.h"

namespace webhook::store {
namespace {

class MigrationsTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    session_ = std::move(postgres::Session::Open(Options()).value());
  }
  Status Sql(const std::string& text) {
    return database_.Transact<Done>("as it was", [&](Tx& tx) -> Status {
      tx.exec0(text);
      return Ok();
    });
  }
  // An empty database as the migrations before this one leave it, with an account and a day of the log.
  Status GoBackBefore(std::string_view migration) {
    auto before = AllMigrations();
    std::erase_if(before, [&](const postgres::Migration& each) { return each.name >= migration; });
    if (Status emptied = Sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public"); !emptied) return emptied;
    if (const auto migrated = postgres::Migrate(Options(), before); !migrated) return migrated.error();
    if (const auto made = NewAccount(mine_, "mine"); !made) return made.error();
    return days_.Make(*session_, {DayOf(kLogTime)});
  }

  std::unique_ptr<postgres::Session> session_;
  LogDays days_{std::chrono::days(30)};
};

// What was there before has its account, and accounts their sums.
TEST_F(MigrationsTest, StatisticsAreFilledIn) {
  ASSERT_TRUE(GoBackBefore("0014"));
  ASSERT_TRUE(Create(Wanted("webhook_1", mine_)));
  ASSERT_TRUE(
      Sql("INSERT INTO webhook_health VALUES ('webhook_1', now(), NULL, now()), ('webhook_gone', now(), "
          "NULL, NULL)"));
  ASSERT_TRUE(
      Sql("INSERT INTO webhook_stats SELECT 'webhook_' || n, '2023-11-14T22:10Z', 'success', 'account_mine', "
          "n + 1, CASE n WHEN 1 THEN '{0,2}' ELSE '{3}' END::bigint[] FROM generate_series(1, 2) n"));
  ASSERT_TRUE(postgres::Migrate(Options(), AllMigrations()));
  EXPECT_EQ(CountRows("webhook_health WHERE account_id = 'account_mine'"), 1);
  EXPECT_TRUE(*Do([&](Tx& tx) { return HasDelivered(tx, mine_); }));
  const auto health = Do([&](Tx& tx) { return ListHealth(tx, mine_, {}, {}, 10); })->at(0);
  EXPECT_TRUE(health.last_success_at);
  EXPECT_FALSE(health.last_failure) << "which one it was is not known";
  const auto rows =
      Do([&](Tx& tx) { return ReadAccountStats(tx, mine_, kLogTime - seconds(600), kLogTime); });
  ASSERT_THAT(*rows, SizeIs(1));
  EXPECT_EQ(rows->at(0).requests, 5);
  EXPECT_THAT(rows->at(0).latency.classes(), ElementsAre(3, 2));
  EXPECT_EQ(CountRows("webhook_hours WHERE at = '2023-11-14T22:00Z' AND requests = succeeded"), 2);
}

// Bodies and heads as they were kept before, found by the keys that came later.
TEST_F(MigrationsTest, WhatTheLogHeldBeforeItsKeysIsFoundAndRead) {
  ASSERT_TRUE(GoBackBefore("0016"));
  const std::string at = "to_timestamp(" + std::to_string(kLogTime.time_since_epoch() / seconds(1)) + ")";
  ASSERT_TRUE(
      Sql("INSERT INTO events (account_id, id, event_type, notification_id, body, accepted_at) VALUES "
          "('account_mine', 'event_1', 'user.created', 'webhook_n', '{\"a\":1}', " +
          at + ")"));
  ASSERT_TRUE(
      Sql("INSERT INTO deliveries (id, accepted_at, account_id, webhook_id, event_id, event_type, "
          "notification_id, run, attempt, rank, kind, state, outcome, status, reason, attempts, updated_at) "
          "VALUES ('delivery_1', " +
          at +
          ", 'account_mine', 'webhook_1', 'event_1', 'user.created', 'webhook_n', 0, 2, 3, 1, 3, 'success', "
          "200, '', 2, now())"));
  ASSERT_TRUE(
      Sql("INSERT INTO attempts (delivery_id, accepted_at, account_id, run, attempt, started_at, "
          "duration_us, phases_us, status, outcome, reason, url, remote_address, request_headers, "
          "response_headers, response_excerpt) SELECT 'delivery_1', " +
          at + ", 'account_mine', 0, n, " + at +
          " + n * interval '1 s', 1, '{}', 200, 'success', '', 'u', 'a', 'POST / HTTP/1.1', '[]', 'ok' "
          "FROM generate_series(1, 2) n"));
  ASSERT_TRUE(postgres::Migrate(Options(), AllMigrations()));
  EXPECT_EQ(Do([&](Tx& tx) { return ReadEvent(tx, mine_, EventId("event_1")); })->body, "{\"a\":1}");
  DeliveryFilter filter;
  filter.webhook_id = "webhook_1";
  const auto list = Do([&](Tx& tx) { return ListDeliveries(tx, mine_, filter, {}, 10).rows; });
  ASSERT_THAT(*list, SizeIs(1));
  const auto attempts = Do([&](Tx& tx) { return ListAttempts(tx, list->at(0), std::nullopt, 10); });
  ASSERT_THAT(*attempts, SizeIs(2));
  EXPECT_EQ(attempts->at(0).attempt, 2) << "the newest first";
  EXPECT_EQ(attempts->at(1).request_head, "POST / HTTP/1.1");
  EXPECT_FALSE(Sql("INSERT INTO attempts SELECT * FROM attempts")) << "each once";
}

}  // namespace
}  // namespace webhook::store
