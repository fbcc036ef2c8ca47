#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pqxx/pqxx>

#include "postgres/database.h"
#include "tests/integration/needed.h"

namespace webhook::postgres {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

DatabaseOptions Options() {
  DatabaseOptions options;
  options.dsn = Secret(Needed("WEBHOOK_TEST_PG_DSN"));
  options.pool_size = 2;
  options.acquire_timeout = milliseconds(100);
  options.statement_timeout = milliseconds(300);
  options.application_name = "test's";
  return options;
}

template <typename T = int>
Result<T> One(Database& database, const std::string& sql) {
  return database.Transact<T>("test", [&](pqxx::dbtransaction& transaction) -> Result<T> {
    return transaction.exec1(sql)[0].as<T>();
  });
}

TEST(Database, CommitsWhatSucceedsAndRollsBackWhatFails) {
  Database database(Options());
  ASSERT_TRUE(database.Transact<Done>("make", [](pqxx::dbtransaction& transaction) -> Status {
    transaction.exec0("DROP TABLE IF EXISTS pg_test; CREATE TABLE pg_test (n int UNIQUE)");
    return Ok();
  }));
  ASSERT_TRUE(database.Transact<Done>("insert", [](pqxx::dbtransaction& transaction) -> Status {
    transaction.exec0("INSERT INTO pg_test VALUES (1)");
    return Ok();
  }));
  const Status refused = database.Transact<Done>("insert", [](pqxx::dbtransaction& transaction) -> Status {
    transaction.exec0("INSERT INTO pg_test VALUES (2)");
    return Error{ErrorCode::kLimited, "full", "no more"};
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "full");
  EXPECT_EQ(One(database, "SELECT count(*) FROM pg_test").value(), 1);
  const Status twice = database.Transact<Done>("insert", [](pqxx::dbtransaction& transaction) -> Status {
    transaction.exec0("INSERT INTO pg_test VALUES (1)");
    return Ok();
  });
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::kConflict);
}

TEST(Database, TellsATimeOutABugAndAnOutageApart) {
  Database database(Options());
  EXPECT_EQ(One(database, "SELECT 1 FROM pg_sleep(5)").error().code, ErrorCode::kDeadline);
  EXPECT_EQ(One(database, "SELECT nonsense").error().code, ErrorCode::kInternal);
  EXPECT_EQ(One(database, "SELECT 1 / 0").error().reason, kBadValue);
  EXPECT_EQ(One<std::string>(database, "SELECT set_config('transaction_read_only', 'on', true)").value(),
            "on");
  const auto read_only = database.Transact<Done>("write", [](pqxx::dbtransaction& transaction) -> Status {
    transaction.exec0("SET TRANSACTION READ ONLY; CREATE TABLE never (n int)");
    return Ok();
  });
  EXPECT_EQ(read_only.error().code, ErrorCode::kUnavailable) << "a primary that was demoted";
  DatabaseOptions nowhere = Options();
  nowhere.dsn = Secret("postgresql://x@127.0.0.1:1/x");
  Database absent(nowhere);
  const auto failed = One(absent, "SELECT 1");
  EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(failed.error().reason, "database_unavailable");
  EXPECT_EQ(failed.error().message.find("127.0.0.1"), std::string::npos) << failed.error().message;
  EXPECT_FALSE(absent.reachable());
}

TEST(Database, ADsnThatCannotBeReadIsToldWithoutAnyOfIt) {
  EXPECT_TRUE(CheckDsn(Secret("postgresql://u:p@h:1/d")));
  EXPECT_TRUE(CheckDsn(Secret("host=h user=u")));
  for (const char* dsn : {"postgresql://u:hunter/2@h:1/d", "host=h hunter2"}) {
    const Status refused = CheckDsn(Secret(dsn));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().violations.at(0).detail.find("hunter"), std::string::npos);
  }
}

TEST(Database, ReplacesAConnectionThatTheServerHasClosed) {
  Database database(Options());
  const int pid = One(database, "SELECT pg_backend_pid()").value();
  Database other(Options());
  ASSERT_TRUE(One<bool>(other, "SELECT pg_terminate_backend(" + std::to_string(pid) + ", 1000)"));
  EXPECT_TRUE(One(database, "SELECT 1"));
}

TEST(Database, RefusesWhereNoConnectionIsFree) {
  Database database(Options());
  const auto outer = database.Transact<Done>("outer", [&](pqxx::dbtransaction&) -> Status {
    return database.Transact<Done>("inner", [&](pqxx::dbtransaction&) -> Status {
      const auto third = One(database, "SELECT 1");
      EXPECT_EQ(third.error().code, ErrorCode::kUnavailable);
      return Ok();
    });
  });
  EXPECT_TRUE(outer);
  EXPECT_TRUE(One(database, "SELECT 1"));
}

TEST(Session, HoldsItsLockUntilItEnds) {
  auto first = std::move(Session::Open(Options()).value());
  const auto second = std::move(Session::Open(Options()).value());
  EXPECT_TRUE(first->TryAdvisoryLock(4711).value());
  EXPECT_FALSE(second->TryAdvisoryLock(4711).value());
  first.reset();
  bool taken = false;
  for (int i = 0; i < 50 && !taken; ++i) {
    taken = second->TryAdvisoryLock(4711).value();
    if (!taken) static_cast<void>(second->WaitNotification(milliseconds(20)));
  }
  EXPECT_TRUE(taken);
}

TEST(Session, HearsNotifications) {
  const auto session = std::move(Session::Open(Options()).value());
  ASSERT_TRUE(session->Listen("test_channel"));
  EXPECT_FALSE(session->WaitNotification(milliseconds(10)).value());
  Database database(Options());
  ASSERT_TRUE(database.Transact<Done>("notify", [](pqxx::dbtransaction& transaction) -> Status {
    transaction.exec0("NOTIFY test_channel");
    return Ok();
  }));
  EXPECT_TRUE(session->WaitNotification(milliseconds(2'000)).value());
}

class MigrateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Database database(Options());
    ASSERT_TRUE(database.Transact<Done>("clean", [](pqxx::dbtransaction& transaction) -> Status {
      transaction.exec0("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
      return Ok();
    }));
  }
  const std::vector<Migration> two = {{"0001_a", "CREATE TABLE a (n int)"},
                                      {"0002_b", "CREATE TABLE b (n int)"}};
};

TEST_F(MigrateTest, AppliesWhatIsMissingOnce) {
  Database database(Options());
  EXPECT_THAT(PendingMigrations(database, two).value(), ElementsAre("0001_a", "0002_b"));
  EXPECT_THAT(Migrate(Options(), {two[0]}).value(), ElementsAre("0001_a"));
  EXPECT_THAT(Migrate(Options(), two).value(), ElementsAre("0002_b"));
  EXPECT_THAT(Migrate(Options(), two).value(), IsEmpty());
  EXPECT_THAT(PendingMigrations(database, two).value(), IsEmpty());
}

TEST_F(MigrateTest, RefusesAChangedMigrationAndANewerDatabase) {
  ASSERT_TRUE(Migrate(Options(), two));
  auto changed = two;
  changed[0].sql += " ";
  EXPECT_EQ(Migrate(Options(), changed).error().code, ErrorCode::kConflict);
  EXPECT_EQ(Migrate(Options(), {two[0]}).error().code, ErrorCode::kConflict);
  Database database(Options());
  EXPECT_THAT(PendingMigrations(database, {two[0]}).value(), IsEmpty())
      << "an old replica beside a new one serves on";
}

TEST_F(MigrateTest, LeavesNothingOfAFailedMigration) {
  EXPECT_FALSE(Migrate(Options(), {{"0001_a", "CREATE TABLE a (n int); SELECT nonsense"}}));
  EXPECT_THAT(Migrate(Options(), two).value(), ElementsAre("0001_a", "0002_b"));
}

}  // namespace
}  // namespace webhook::postgres
