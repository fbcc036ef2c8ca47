// What the operator asks of all accounts' tables.
#include "services/registry/store/instances.h"
#include "services/registry/store/platform_state.h"
#include "tests/integration/registry_tables_fixture.h"

namespace webhook::store {
namespace {

class PlatformTest : public StoreTest {
 protected:
  void Execute(const std::string& sql) {
    ASSERT_TRUE(database_.Transact<Done>("test", [&](pqxx::dbtransaction& transaction) -> Status {
      transaction.exec0(sql);
      return Ok();
    }));
  }
  // Rows of the log: state 2 is waiting.
  void AddDeliveries(int first, int count, int state, int due_seconds_ago) {
    const auto text = [](int number) { return std::to_string(number); };
    Execute(
        "INSERT INTO deliveries SELECT 'delivery_' || n, now(), 'account_mine', 'webhook_1', 'e', "
        "'user.created', 'e', 0, 1, "
        "2::smallint, 1::smallint, " +
        text(state) + "::smallint, 'http_status', 500::smallint, '', 1, now() - interval '1 second' * (" +
        text(due_seconds_ago) + " + n), now() FROM generate_series(" + text(first) + ", " +
        text(first + count - 1) + ") n");
  }
  void Fail(const std::string& id, const AccountId& account, const std::string& url, int second) {
    WebhookRecord wanted = Wanted(id, account);
    wanted.webhook.url = url;
    ASSERT_TRUE(Create(wanted));
    Execute("INSERT INTO webhook_health VALUES ('" + id + "', NULL, to_timestamp(" + std::to_string(second) +
            "), now())");
  }
  Overdue ReadOverdueUpTo(int limit) {
    return Do([&](Tx& tx) { return ReadOverdue(tx, limit); }).value();
  }
  std::vector<Instance> Instances() {
    return Do([&](Tx& tx) { return ListInstances(tx, 10); }).value();
  }
  WallTime Note(const Instance& instance) {
    return Do([&](Tx& tx) { return NoteInstance(tx, instance); }).value();
  }
  void Forget(const Instance& instance, const std::optional<WallTime>& seen_at) {
    ASSERT_TRUE(Do([&](Tx& tx) {
      ForgetInstance(tx, instance, seen_at);
      return Done{};
    }));
  }

  const Instance worker_{"delivery-worker", "w-1", "1", kLogTime, {}};
};

TEST_F(PlatformTest, OverdueIsWhatWaitsThoughItWasDueAMinuteAgo) {
  EXPECT_EQ(ReadOverdueUpTo(10).deliveries, 0);
  EXPECT_FALSE(ReadOverdueUpTo(10).oldest_at);
  AddDeliveries(1, 5, 2, 100);   // due 101 to 105 s ago
  AddDeliveries(11, 5, 3, 900);  // delivered
  AddDeliveries(21, 5, 2, 10);   // due at most 35 s ago
  AddDeliveries(31, 5, 2, -500);
  const Overdue overdue = ReadOverdueUpTo(100);
  EXPECT_EQ(overdue.deliveries, 5);
  EXPECT_EQ(overdue.oldest_delivery_id.str(), "delivery_5");
  EXPECT_EQ(overdue.account_id, mine_);
  const auto age = runtime::ReadClock().wall - *overdue.oldest_at;
  EXPECT_GT(age, seconds(104));
  EXPECT_LT(age, seconds(165));
  EXPECT_EQ(ReadOverdueUpTo(3).deliveries, 3) << "at most so many are counted";
  EXPECT_EQ(ReadOverdueUpTo(3).oldest_delivery_id.str(), "delivery_5");
}

// At ten million rows a walk through them takes seconds.
TEST_F(PlatformTest, OverdueIsFoundByItsIndex) {
  AddDeliveries(1, 20'000, 3, 0);
  AddDeliveries(50'000, 10, 2, 0);
  Execute("ANALYZE deliveries");
  const auto plan = Do([](Tx& tx) -> Result<std::string> {
    std::string text;
    for (const auto& row : tx.exec("EXPLAIN SELECT next_attempt_at, id FROM deliveries WHERE state = 2 AND "
                                   "next_attempt_at < now() - interval '1 minute' "
                                   "ORDER BY next_attempt_at LIMIT 10"))
      text += row[0].as<std::string>() + "\n";
    return text;
  });
  EXPECT_THAT(*plan, ::testing::HasSubstr("next_attempt_at_idx")) << "but for the days that are empty";
}

TEST_F(PlatformTest, FailingHostsAreOrderedByWebhooksAndThenByAge) {
  Fail("webhook_1", mine_, "https://a.example.com:8443/x", 300);
  Fail("webhook_2", other_, "http://a.example.com/?y", 200);
  Fail("webhook_3", mine_, "https://a.example.com/z", 400);
  Fail("webhook_4", mine_, "https://new.example.com/", 500);
  Fail("webhook_5", mine_, "https://[2001:db8::1]:8443/", 100);
  Fail("webhook_6", mine_, "https://off.example.com/", 1);
  ASSERT_TRUE(Deactivate(WebhookId("webhook_6"), "It fails.", 1'000));
  ASSERT_TRUE(Create(Wanted("webhook_7", mine_)));
  const auto hosts = Do([](Tx& tx) { return ListFailingHosts(tx, 10); }).value();
  ASSERT_THAT(hosts, SizeIs(3));
  EXPECT_EQ(hosts[0].host, "a.example.com");
  EXPECT_EQ(hosts[0].webhooks, 3);
  EXPECT_EQ(hosts[0].accounts, 2);
  EXPECT_EQ(hosts[0].failing_since, WallTime(seconds(200)));
  EXPECT_EQ(hosts[1].host, "[2001:db8::1]");
  EXPECT_EQ(hosts[2].host, "new.example.com");
  EXPECT_THAT(Do([](Tx& tx) { return ListFailingHosts(tx, 1); }).value(), SizeIs(1));
}

TEST_F(PlatformTest, AnInstanceIsThereFromWhenItIsNotedToItsEnd) {
  const WallTime first = Note(worker_);
  ASSERT_THAT(Instances(), SizeIs(1));
  EXPECT_EQ(Instances()[0].started_at, kLogTime);
  EXPECT_EQ(Instances()[0].seen_at, first);
  Instance newer = worker_;
  newer.version = "2";
  const WallTime second = Note(newer);
  EXPECT_GT(second, first);
  Forget(worker_, first);
  ASSERT_THAT(Instances(), SizeIs(1)) << "it has found another registry meanwhile";
  EXPECT_EQ(Instances()[0].version, "2");
  Forget(worker_, second);
  EXPECT_THAT(Instances(), IsEmpty());
  Note({"event-ingest", "10.0.0.1", "", std::nullopt, {}});
  EXPECT_FALSE(Instances().at(0).started_at);
  Forget({"event-ingest", "10.0.0.1", "", std::nullopt, {}}, std::nullopt);
  EXPECT_THAT(Instances(), IsEmpty());
}

TEST_F(PlatformTest, WhoIsNotHeardOfIsGone) {
  Note(worker_);
  Execute("UPDATE instances SET seen_at = now() - interval '61 seconds'");
  EXPECT_THAT(Instances(), IsEmpty());
  EXPECT_EQ(CountRows("instances"), 1);
  Note({"registry", "r-1", "1", kLogTime, {}});
  ASSERT_TRUE(Do([](Tx& tx) {
    DropInstances(tx);
    return Done{};
  }));
  EXPECT_EQ(CountRows("instances"), 1);
}

TEST_F(PlatformTest, AnAccountSeesNoInstance) {
  Note(worker_);
  postgres::DatabaseOptions options = Options();
  options.settings.clear();
  postgres::Database customers(options);
  const auto seen =
      customers.Transact<std::vector<Instance>>("list", [&](Tx& tx) -> Result<std::vector<Instance>> {
        SeeOnly(tx, mine_);
        return ListInstances(tx, 10);
      });
  EXPECT_THAT(*seen, IsEmpty());
}

}  // namespace
}  // namespace webhook::store
