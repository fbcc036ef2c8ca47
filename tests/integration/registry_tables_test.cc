// The registry's tables: who sees what, revisions, and the delivery log's exactly once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pqxx/pqxx>

#include "crypto/envelope.h"
#include "postgres/database.h"
#include "runtime/clock.h"
#include "services/registry/migrations/migrations.h"
#include "services/registry/store/accounts.h"
#include "services/registry/store/config_reader.h"
#include "services/registry/store/deliveries.h"
#include "services/registry/store/delivery_log.h"
#include "services/registry/store/event_types.h"
#include "services/registry/store/events.h"
#include "services/registry/store/row_security.h"
#include "services/registry/store/secrets.h"
#include "services/registry/store/webhooks.h"
#include "tests/integration/needed.h"

namespace webhook::store {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr WallTime kLogTime{seconds(1'700'000'000)};
constexpr char kSecretText[] = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

postgres::DatabaseOptions Options() {
  postgres::DatabaseOptions options;
  options.dsn = Secret(Needed("WEBHOOK_TEST_PG_DSN"));
  options.application_name = "test";
  options.settings = {kAllAccounts};
  return options;
}

template <typename T>
struct Plain {
  using Type = T;
};
template <typename T>
struct Plain<Result<T>> {
  using Type = T;
};

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(database_.Transact<Done>("clean", [](pqxx::dbtransaction& transaction) -> Status {
      transaction.exec0("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
      return Ok();
    }));
    ASSERT_TRUE(postgres::Migrate(Options(), AllMigrations()));
    ASSERT_TRUE(NewAccount(mine_, "mine"));
    ASSERT_TRUE(NewAccount(other_, "other"));
  }

  // Runs fn in one transaction that sees all accounts.
  template <typename F>
  auto Do(const F& fn) {
    using T = typename Plain<std::invoke_result_t<F, Tx&>>::Type;
    return database_.Transact<T>("test", [&](Tx& tx) -> Result<T> { return fn(tx); });
  }
  Result<Account> NewAccount(const AccountId& id, const std::string& name) {
    return Do([&](Tx& tx) { return CreateAccount(tx, id, name); });
  }
  Result<WebhookRecord> Create(const WebhookRecord& wanted) {
    return Do([&](Tx& tx) {
      WebhookRecord made = InsertWebhook(tx, wanted);
      secrets_.Add(tx, made.webhook.account, made.webhook.id, Secret(kSecretText));
      return made;
    });
  }
  Result<WebhookRecord> Get(const AccountId& account, const WebhookId& id) {
    return Do([&](Tx& tx) { return ReadWebhook(tx, account, id); });
  }
  std::vector<WebhookRecord> List(const AccountId& account, const WebhookFilter& filter = {}) {
    return Do([&](Tx& tx) { return ListWebhooks(tx, account, filter, "", 10); }).value();
  }
  Result<WebhookRecord> Update(const AccountId& account, const WebhookId& id,
                               const std::optional<std::int64_t>& if_revision,
                               const std::function<Status(WebhookRecord*)>& change) {
    return Do([&](Tx& tx) { return UpdateWebhook(tx, account, id, if_revision, change); });
  }
  Status Delete(const AccountId& account, const WebhookId& id,
                const std::optional<std::int64_t>& if_revision) {
    return Do([&](Tx& tx) { return DeleteWebhook(tx, account, id, if_revision); });
  }
  bool Deactivate(const WebhookId& id, const std::string& reason, std::int64_t seen_revision) {
    return Do([&](Tx& tx) { return DeactivateWebhook(tx, id, reason, seen_revision); }).value();
  }

  WebhookRecord Wanted(const std::string& id, const AccountId& account) {
    WebhookRecord record;
    record.webhook.id = WebhookId(id);
    record.webhook.account = account;
    record.webhook.url = "https://example.com/";
    record.webhook.events = {"user.created"};
    record.webhook.retry_schedule = {seconds(15), seconds(60)};
    record.webhook.permanent_statuses = {400, 410};
    record.webhook.headers = {{"X-A", "1"}};
    return record;
  }
  std::int64_t CountRows(const std::string& sql) {
    return database_
        .Transact<std::int64_t>(
            "count",
            [&](pqxx::dbtransaction& transaction) -> Result<std::int64_t> {
              return transaction.exec1("SELECT count(*) FROM " + sql)[0].as<std::int64_t>();
            })
        .value();
  }

  const AccountId mine_{"account_mine"};
  const AccountId other_{"account_other"};
  postgres::Database database_{Options()};
  crypto::Envelope envelope_ = std::move(crypto::Envelope::Create(Secret(std::string(32, 'k'))).value());
  SecretStore secrets_{envelope_};
  ConfigReader reader_{database_, envelope_};
};

ApiKey WantedKey(const std::string& id, const AccountId& account) {
  ApiKey key;
  key.id = ApiKeyId(id);
  key.account = account;
  key.scopes = {"events:publish"};
  return key;
}

TEST_F(StoreTest, AKeyIsFoundUntilItIsRevoked) {
  const std::string hmac(32, 'h');
  const auto create = [&](const ApiKey& key) { return Do([&](Tx& tx) { return CreateKey(tx, key, hmac); }); };
  const auto found = [&] { return Do([&](Tx& tx) { return FindLiveKey(tx, hmac); }).value(); };
  const auto revoke = [&](const AccountId& account) {
    return Do([&](Tx& tx) { return RevokeKey(tx, account, ApiKeyId("key_1")); });
  };
  ASSERT_TRUE(create(WantedKey("key_1", mine_)));
  EXPECT_EQ(create(WantedKey("key_2", AccountId("account_none"))).error().reason, "account_not_found");
  EXPECT_EQ(NewAccount(AccountId("account_3"), "mine").error().reason, "account_exists");
  ASSERT_TRUE(found());
  EXPECT_THAT(reader_.ReadPublishers()->keys, SizeIs(1));
  EXPECT_EQ(revoke(other_).error().reason, "api_key_not_found");
  ASSERT_TRUE(revoke(mine_));
  EXPECT_FALSE(found());
  EXPECT_THAT(reader_.ReadPublishers()->keys, IsEmpty());
  EXPECT_TRUE(revoke(mine_)) << "again changes nothing";
}

TEST_F(StoreTest, AKeyEndsAtItsTime) {
  const WallTime now = runtime::ReadClock().wall;
  ApiKey key = WantedKey("key_1", mine_);
  key.expires_at = now - seconds(1);
  ASSERT_TRUE(Do([&](Tx& tx) { return CreateKey(tx, key, std::string(32, 'a')); }));
  key.id = ApiKeyId("key_2");
  key.expires_at = now + seconds(60);
  ASSERT_TRUE(Do([&](Tx& tx) { return CreateKey(tx, key, std::string(32, 'b')); }));
  EXPECT_FALSE(*Do([&](Tx& tx) { return FindLiveKey(tx, std::string(32, 'a')); }));
  EXPECT_TRUE(*Do([&](Tx& tx) { return FindLiveKey(tx, std::string(32, 'b')); }));
}

TEST_F(StoreTest, AKeysLastUseIsTold) {
  ASSERT_TRUE(Do([&](Tx& tx) { return CreateKey(tx, WantedKey("key_1", mine_), std::string(32, 'a')); }));
  const WallTime at(seconds(1'700'000'000));
  for (const WallTime use : {at, at - seconds(9)}) {
    ASSERT_TRUE(Do([&](Tx& tx) {
      NoteUse(tx, {{ApiKeyId("key_1"), use}, {ApiKeyId("key_gone"), use}});
      return Done{};
    }));
  }
  EXPECT_EQ(Do([&](Tx& tx) { return ListKeys(tx, mine_, "", 10); })->at(0).last_used_at, at);
}

// The second wall: queries without any condition see what the transaction may see.
TEST_F(StoreTest, RowSecurityShowsOneAccountsRows) {
  ASSERT_TRUE(Create(Wanted("webhook_1", mine_)));
  ASSERT_TRUE(Create(Wanted("webhook_2", other_)));
  postgres::DatabaseOptions options = Options();
  options.settings.clear();
  postgres::Database customers(options);
  const auto count = [&](const char* table, const std::optional<AccountId>& account) {
    return customers
        .Transact<std::int64_t>(
            "count",
            [&](Tx& tx) -> Result<std::int64_t> {
              if (account) SeeOnly(tx, *account);
              return tx.exec1(std::string("SELECT count(*) FROM ") + table)[0].as<std::int64_t>();
            })
        .value();
  };
  for (const char* table : {"accounts", "webhooks", "webhook_secrets"}) {
    EXPECT_EQ(count(table, mine_), 1) << table;
    EXPECT_EQ(count(table, AccountId("account_none")), 0) << table;
    EXPECT_EQ(count(table, std::nullopt), 0)
        << table << ": nothing without an account, in a used connection too";
  }
  const auto steal = customers.Transact<Done>("steal", [&](Tx& tx) -> Status {
    SeeOnly(tx, mine_);
    tx.exec0("UPDATE webhooks SET account_id = 'account_other'");
    return Ok();
  });
  EXPECT_FALSE(steal) << "a row cannot be given away";
}

// A new table is behind the wall, or is named here as nobody's.
TEST_F(StoreTest, EveryTableHasRowSecurityButThoseOfNoAccount) {
  const auto open = Do([](Tx& tx) -> Result<std::string> {
    return tx
        .exec1(
            "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition "
            "AND NOT (relrowsecurity AND relforcerowsecurity)")[0]
        .as<std::string>();
  });
  EXPECT_EQ(open.value(),
            "config_changes config_revision event_type_versions event_types kafka_offsets log_progress "
            "schema_migrations");
}

TEST_F(StoreTest, TheCatalogueHasTheTwelveTypes) {
  EXPECT_THAT(*Do([](Tx& tx) { return ListEventTypes(tx); }), SizeIs(12));
  EXPECT_THAT(reader_.ReadPublishers()->event_types, SizeIs(12));
}

TEST_F(StoreTest, AWebhookIsItsAccountsAlone) {
  ASSERT_TRUE(Create(Wanted("webhook_1", mine_)));
  const WebhookId id("webhook_1");
  EXPECT_EQ(Get(mine_, id)->webhook.headers.at("X-A"), "1");
  EXPECT_THAT(List(mine_), SizeIs(1));
  EXPECT_THAT(List(other_), IsEmpty());
  for (const auto& code : {Get(other_, id).error().code, Delete(other_, id, {}).error().code,
                           Update(other_, id, {}, [](WebhookRecord*) { return Ok(); }).error().code}) {
    EXPECT_EQ(code, ErrorCode::kNotFound);
  }
  EXPECT_TRUE(Get(mine_, id));
}

TEST_F(StoreTest, ASecretLiesSealedAndOpensOnlyWhereItBelongs) {
  ASSERT_TRUE(Create(Wanted("webhook_1", mine_)));
  ASSERT_TRUE(Create(Wanted("webhook_2", mine_)));
  EXPECT_EQ(CountRows("webhook_secrets WHERE position('whsec' IN encode(sealed, 'escape')) > 0"), 0);
  EXPECT_EQ(reader_.Page(WebhookId(), 10)->webhooks.at(0).secrets.at(0).value.Reveal(), kSecretText);
  ASSERT_TRUE(database_.Transact<Done>("swap", [](pqxx::dbtransaction& transaction) -> Status {
    transaction.exec0("UPDATE webhook_secrets SET webhook_id = 'webhook_1' WHERE webhook_id = 'webhook_2'");
    return Ok();
  }));
  const auto page = reader_.Page(WebhookId(), 10);
  ASSERT_THAT(page->webhooks, SizeIs(2)) << "the others' configuration goes on";
  EXPECT_FALSE(page->webhooks[0].active);
  EXPECT_THAT(page->webhooks[0].inactive_reason, ::testing::HasSubstr("cannot read its signing secret"));
}

TEST_F(StoreTest, EachChangeCountsARevisionAndIsTold) {
  const std::int64_t start = *reader_.Revision();
  ASSERT_TRUE(Create(Wanted("webhook_1", mine_)));
  ASSERT_TRUE(Create(Wanted("webhook_2", mine_)));
  ASSERT_TRUE(Delete(mine_, WebhookId("webhook_1"), {}));
  const auto changes = reader_.Changes(start, 100);
  EXPECT_EQ(changes->revision, start + 3);
  EXPECT_THAT(changes->webhooks, SizeIs(1));
  EXPECT_THAT(changes->deleted, ElementsAre(WebhookId("webhook_1")));
  EXPECT_FALSE(changes->publishers_changed);
  EXPECT_EQ(reader_.Changes(start, 1)->revision, start + 1) << "a part says how far it goes";
  ASSERT_TRUE(NewAccount(AccountId("account_4"), "fourth"));
  EXPECT_TRUE(reader_.Changes(start + 3, 100)->publishers_changed);
}

TEST_F(StoreTest, AnUpdateHoldsItsCondition) {
  const auto created = Create(Wanted("webhook_1", mine_));
  const WebhookId id("webhook_1");
  const auto describe = [](WebhookRecord* record) {
    record->description = "changed";
    return Ok();
  };
  const auto updated = Update(mine_, id, created->webhook.revision, describe);
  EXPECT_EQ(updated->description, "changed");
  EXPECT_EQ(Update(mine_, id, created->webhook.revision, describe).error().code, ErrorCode::kPrecondition);
  EXPECT_EQ(Update(mine_, id, {}, [](WebhookRecord*) -> Status { return InvalidError({}); }).error().code,
            ErrorCode::kInvalid);
  EXPECT_EQ(Delete(mine_, id, created->webhook.revision).error().code, ErrorCode::kPrecondition);
  EXPECT_TRUE(Get(mine_, id)) << "nothing of it is left behind";
  // What the worker saw before the customer's change deactivates nothing.
  EXPECT_FALSE(Deactivate(id, "gone", created->webhook.revision));
  EXPECT_TRUE(Get(mine_, id)->webhook.active);
  ASSERT_TRUE(Deactivate(id, "gone", updated->webhook.revision));
  EXPECT_EQ(Get(mine_, id)->webhook.inactive_reason, "gone");
}

class LogTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    session_ = std::move(postgres::Session::Open(Options()).value());
  }

  AttemptRecord Record(int attempt, DeliveryState state, bool requested = true) {
    AttemptRecord record;
    record.delivery_id = DeliveryId("delivery_1");
    record.account = mine_;
    record.webhook_id = WebhookId("webhook_1");
    record.event_id = EventId("event_1");
    record.event_type = "user.created";
    record.attempt = attempt;
    record.state = state;
    record.outcome = "o";
    record.requested = requested;
    record.accepted_at = record.created_at = kLogTime;
    record.started_at = record.created_at + seconds(attempt);
    record.response_headers = {"X: a\tb\\n\"c", std::string("N: \0", 4)};
    record.response_excerpt = std::string("\0\xff\t\\", 4);
    return record;
  }
  Status Write(const std::vector<AttemptRecord>& attempts) {
    LogBatch batch;
    batch.attempts = attempts;
    batch.offsets[{"webhook.attempts", 0}] = {next_, next_ + 1};
    const Status written = WriteLog(*session_, days_, batch, kLogTime);
    if (written) ++next_;
    return written;
  }
  DeliveryRow Row() {
    return *Do([&](Tx& tx) { return ReadDelivery(tx, mine_, DeliveryId("delivery_1")); });
  }

  std::unique_ptr<postgres::Session> session_;
  LogDays days_{std::chrono::days(30)};
  std::int64_t next_ = 0;
};

TEST_F(LogTest, ABatchIsWrittenOnceHoweverOftenItComes) {
  LogBatch batch;
  Event event;
  event.id = EventId("event_1");
  event.account = mine_;
  event.type = "user.created";
  event.body = std::string("{\"x\":\"\\u0000\t\\\\\"}");
  event.accepted_at = kLogTime;
  batch.events = {event, event};
  batch.attempts = {Record(1, DeliveryState::kDelivered), Record(1, DeliveryState::kDelivered)};
  batch.offsets[{"webhook.attempts", 3}] = {0, 2};
  ASSERT_TRUE(WriteLog(*session_, days_, batch, kLogTime));
  EXPECT_EQ(ReadLogOffsets(*session_)->at({"webhook.attempts", 3}), 2);
  EXPECT_EQ(WriteLog(*session_, days_, batch, kLogTime).error().reason, "log_taken_over");
  EXPECT_EQ(CountRows("attempts"), 1);
  EXPECT_EQ(Row().attempts, 1);
  EXPECT_EQ(Do([&](Tx& tx) { return ReadEvent(tx, mine_, EventId("event_1")); })->body, event.body);
  EXPECT_FALSE(Do([&](Tx& tx) { return ReadEvent(tx, other_, EventId("event_1")); }));
  const auto attempts = Do([&](Tx& tx) { return ListAttempts(tx, Row(), std::nullopt, 10); });
  EXPECT_EQ(attempts->at(0).response_excerpt, std::string("\0\xff\t\\", 4));
  EXPECT_THAT(attempts->at(0).response_headers, ElementsAre("X: a\tb\\n\"c", "N: "));
}

TEST_F(LogTest, AWriterThatWasOvertakenWritesNothing) {
  ASSERT_TRUE(Write({Record(1, DeliveryState::kWaiting)}));
  auto zombie = std::move(postgres::Session::Open(Options()).value());
  LogBatch late;
  late.attempts = {Record(2, DeliveryState::kDelivered)};
  late.offsets[{"webhook.attempts", 0}] = {0, 1};
  late.offsets[{"webhook.attempts", 1}] = {0, 1};
  EXPECT_EQ(WriteLog(*zombie, days_, late, kLogTime).error().reason, "log_taken_over");
  EXPECT_EQ(Row().state, DeliveryState::kWaiting);
  EXPECT_FALSE(ReadLogOffsets(*session_)->contains({"webhook.attempts", 1})) << "all or nothing";
}

TEST_F(LogTest, ADayIsDroppedOnceItIsOver) {
  AttemptRecord next_day = Record(1, DeliveryState::kDelivered);
  next_day.delivery_id = DeliveryId("delivery_2");
  next_day.accepted_at += std::chrono::days(1);
  ASSERT_TRUE(Write({Record(1, DeliveryState::kDelivered), next_day}));
  const WallTime over = kLogTime + std::chrono::days(31);
  EXPECT_EQ(*days_.DropOldest(*session_, over), "") << "one day longer than nobody writes into it";
  int dropped = 0;
  while (!days_.DropOldest(*session_, over + std::chrono::days(1))->empty()) ++dropped;
  EXPECT_EQ(dropped, 4) << "events, deliveries, attempts and statistics of one day";
  EXPECT_EQ(CountRows("deliveries"), 1);
  EXPECT_EQ(CountRows("attempts"), 1);
  LogBatch late;
  late.attempts = {Record(2, DeliveryState::kDelivered)};
  late.offsets[{"webhook.attempts", 0}] = {next_, next_ + 1};
  ASSERT_TRUE(WriteLog(*session_, days_, late, over))
      << "what comes too late is left out, and the log goes on";
  EXPECT_EQ(CountRows("deliveries"), 1);
}

TEST_F(LogTest, ADayThatACrashHasLeftHalfDroppedIsDropped) {
  ASSERT_TRUE(Write({Record(1, DeliveryState::kDelivered)}));
  ASSERT_TRUE(session_->Execute("detach", "ALTER TABLE deliveries DETACH PARTITION deliveries_20231114"));
  int dropped = 0;
  while (!days_.DropOldest(*session_, kLogTime + std::chrono::days(40))->empty()) ++dropped;
  EXPECT_EQ(dropped, 4);
}

TEST_F(LogTest, ARecordThatFitsNoColumnIsToldFromAnOutage) {
  AttemptRecord record = Record(1, DeliveryState::kDelivered);
  record.outcome = "\xff";
  EXPECT_EQ(Write({record}).error().reason, postgres::kBadValue);
  ASSERT_TRUE(Write({Record(1, DeliveryState::kDelivered)})) << "the session goes on";
}

TEST_F(LogTest, AStateMovesForwardOnly) {
  ASSERT_TRUE(Write({Record(2, DeliveryState::kWaiting)}));
  ASSERT_TRUE(Write({Record(1, DeliveryState::kWaiting)}));
  EXPECT_EQ(Row().attempts, 2) << "a late attempt counts";
  ASSERT_TRUE(Write({Record(3, DeliveryState::kDelivered), Record(3, DeliveryState::kWaiting, false)}));
  EXPECT_EQ(Row().state, DeliveryState::kDelivered);
  ASSERT_TRUE(Write({Record(4, DeliveryState::kWaiting)}));
  ASSERT_TRUE(Write({Record(4, DeliveryState::kFailed)}));
  EXPECT_EQ(Row().state, DeliveryState::kDelivered) << "delivered is delivered";
  AttemptRecord redelivery = Record(1, DeliveryState::kFailed);
  redelivery.run = 1;
  ASSERT_TRUE(Write({redelivery}));
  EXPECT_EQ(Row().state, DeliveryState::kFailed) << "a new run is further on";
}

TEST_F(LogTest, AWebhookThatOnlyFailsIsFoundAfterItsTime) {
  ASSERT_TRUE(Create(Wanted("webhook_1", mine_)));
  const auto failing = [&](seconds time) {
    return Do([&](Tx& tx) { return ListFailingWebhooks(tx, time, 10); })->size();
  };
  ASSERT_TRUE(Write({Record(1, DeliveryState::kWaiting), Record(2, DeliveryState::kWaiting)}));
  ASSERT_TRUE(Write({Record(9, DeliveryState::kFailed)}));
  EXPECT_EQ(failing(seconds(5)), 0U) << "it was changed just now";
  const auto change_at = [&](int second) {
    return database_.Transact<Done>("change", [&](pqxx::dbtransaction& transaction) -> Status {
      transaction.exec_params0("UPDATE webhooks SET active = true, updated_at = to_timestamp($1)",
                               1'700'000'000 + second);
      return Ok();
    });
  };
  ASSERT_TRUE(change_at(0));
  EXPECT_EQ(failing(seconds(8)), 1U);
  EXPECT_EQ(failing(seconds(9)), 0U) << "not for so long";
  AttemptRecord test = Record(40, DeliveryState::kFailed);
  test.kind = DeliveryKind::kTest;
  ASSERT_TRUE(Write({test, Record(41, DeliveryState::kSkipped, false)}));
  EXPECT_EQ(failing(seconds(9)), 0U) << "tests, and what was not sent, say nothing";
  ASSERT_TRUE(Write({Record(10, DeliveryState::kDelivered), Record(11, DeliveryState::kFailed)}));
  EXPECT_EQ(failing(seconds(5)), 0U) << "it has answered meanwhile";
  ASSERT_TRUE(Write({Record(30, DeliveryState::kFailed)}));
  EXPECT_EQ(failing(seconds(5)), 1U);
  ASSERT_TRUE(Deactivate(WebhookId("webhook_1"), "It fails.", 1'000));
  EXPECT_EQ(failing(seconds(5)), 0U) << "inactive already";
  ASSERT_TRUE(change_at(50));
  EXPECT_EQ(failing(seconds(5)), 0U) << "made active again: it has its time anew";
  ASSERT_TRUE(Write({Record(55, DeliveryState::kFailed)}));
  EXPECT_EQ(failing(seconds(5)), 1U);
}

TEST_F(LogTest, ListsByFilterAndGoesOnWhereAPageEnded) {
  std::vector<AttemptRecord> records;
  for (int i = 0; i < 5; ++i) {
    AttemptRecord record = Record(1, i < 3 ? DeliveryState::kDelivered : DeliveryState::kFailed);
    record.delivery_id = DeliveryId("delivery_" + std::to_string(i));
    record.accepted_at += seconds(i / 2);  // two have one time
    record.webhook_id = WebhookId(i % 2 ? "webhook_odd" : "webhook_even");
    records.push_back(record);
  }
  ASSERT_TRUE(Write(records));
  const auto list = [&](const AccountId& account, const DeliveryFilter& filter,
                        const std::optional<LogPosition>& after, int limit) {
    return Do([&](Tx& tx) { return ListDeliveries(tx, account, filter, after, limit).rows; });
  };
  const auto first = list(mine_, {}, {}, 3);
  ASSERT_THAT(*first, SizeIs(3));
  const auto second = list(mine_, {}, LogPosition{first->back().accepted_at, first->back().id.str()}, 3);
  std::vector<std::string> ids;
  for (const auto* page : {&first, &second}) {
    for (const DeliveryRow& row : **page) ids.push_back(row.id.str());
  }
  EXPECT_THAT(ids, ElementsAre("delivery_4", "delivery_3", "delivery_2", "delivery_1", "delivery_0"));
  DeliveryFilter filter;
  filter.webhook_id = "webhook_even";
  filter.state = DeliveryState::kDelivered;
  EXPECT_THAT(*list(mine_, filter, {}, 10), SizeIs(2));
  EXPECT_THAT(*list(other_, filter, {}, 10), IsEmpty());
  filter.webhook_id = "' OR true --";
  EXPECT_THAT(*list(mine_, filter, {}, 10), IsEmpty());
}

}  // namespace
}  // namespace webhook::store
