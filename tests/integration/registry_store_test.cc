// The registry's tables: who sees what, revisions, and the delivery log's exactly once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pqxx/pqxx>

#include "crypto/crypto.h"
#include "postgres/database.h"
#include "runtime/clock.h"
#include "services/registry/migrations/migrations.h"
#include "services/registry/store/accounts.h"
#include "services/registry/store/config_reader.h"
#include "services/registry/store/deliveries.h"
#include "services/registry/store/delivery_log.h"
#include "services/registry/store/event_types.h"
#include "services/registry/store/webhooks.h"
#include "tests/integration/needed.h"

namespace webhook::store {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kSecretText[] = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

postgres::DatabaseOptions Options() {
  postgres::DatabaseOptions options;
  options.dsn = Secret(Needed("WEBHOOK_TEST_PG_DSN"));
  options.application_name = "test";
  return options;
}

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(database_.Transact<Done>("clean", [](pqxx::dbtransaction& transaction) -> Status {
      transaction.exec0("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
      return Ok();
    }));
    ASSERT_TRUE(postgres::Migrate(Options(), AllMigrations()));
    ASSERT_TRUE(accounts_.CreateAccount(mine_, "mine"));
    ASSERT_TRUE(accounts_.CreateAccount(other_, "other"));
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
    record.webhook.secrets = {{Secret(kSecretText), std::nullopt}};
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
  AccountStore accounts_{database_};
  WebhookStore webhooks_{database_, envelope_};
  ConfigReader reader_{database_, envelope_};
  DeliveryStore deliveries_{database_};
};

TEST_F(StoreTest, AKeyIsFoundUntilItIsRevoked) {
  const std::string hmac(32, 'h');
  ASSERT_TRUE(accounts_.CreateKey(ApiKeyId("key_1"), mine_, hmac, {"events:publish"}));
  EXPECT_EQ(accounts_.CreateKey(ApiKeyId("key_2"), AccountId("account_none"), hmac, {}).error().reason,
            "account_not_found");
  EXPECT_EQ(accounts_.CreateAccount(AccountId("account_3"), "mine").error().reason, "account_exists");
  ASSERT_TRUE(accounts_.FindKey(hmac)->has_value());
  EXPECT_THAT(reader_.ReadPublishers()->keys, SizeIs(1));
  ASSERT_TRUE(accounts_.RevokeKey(ApiKeyId("key_1")));
  EXPECT_FALSE(accounts_.FindKey(hmac)->has_value());
  EXPECT_THAT(reader_.ReadPublishers()->keys, IsEmpty());
  EXPECT_TRUE(accounts_.RevokeKey(ApiKeyId("key_1"))) << "again changes nothing";
}

TEST_F(StoreTest, TheCatalogueHasTheTwelveTypes) {
  EXPECT_THAT(*EventTypeStore(database_).List(), SizeIs(12));
  EXPECT_THAT(reader_.ReadPublishers()->event_types, SizeIs(12));
}

TEST_F(StoreTest, AWebhookIsItsAccountsAlone) {
  ASSERT_TRUE(webhooks_.Create(Wanted("webhook_1", mine_)));
  const WebhookId id("webhook_1");
  EXPECT_EQ(webhooks_.Get(mine_, id)->webhook.headers.at("X-A"), "1");
  EXPECT_THAT(*webhooks_.List(mine_, "", 10), SizeIs(1));
  EXPECT_THAT(*webhooks_.List(other_, "", 10), IsEmpty());
  for (const auto& code :
       {webhooks_.Get(other_, id).error().code, webhooks_.Delete(other_, id, {}).error().code,
        webhooks_.Update(other_, id, {}, [](WebhookRecord*) { return Ok(); }).error().code}) {
    EXPECT_EQ(code, ErrorCode::kNotFound);
  }
  EXPECT_TRUE(webhooks_.Get(mine_, id));
}

TEST_F(StoreTest, ASecretLiesSealedAndOpensOnlyWhereItBelongs) {
  ASSERT_TRUE(webhooks_.Create(Wanted("webhook_1", mine_)));
  ASSERT_TRUE(webhooks_.Create(Wanted("webhook_2", mine_)));
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
  ASSERT_TRUE(webhooks_.Create(Wanted("webhook_1", mine_)));
  ASSERT_TRUE(webhooks_.Create(Wanted("webhook_2", mine_)));
  ASSERT_TRUE(webhooks_.Delete(mine_, WebhookId("webhook_1"), {}));
  const auto changes = reader_.Changes(start, 100);
  EXPECT_EQ(changes->revision, start + 3);
  EXPECT_THAT(changes->webhooks, SizeIs(1));
  EXPECT_THAT(changes->deleted, ElementsAre(WebhookId("webhook_1")));
  EXPECT_FALSE(changes->publishers_changed);
  EXPECT_EQ(reader_.Changes(start, 1)->revision, start + 1) << "a part says how far it goes";
  ASSERT_TRUE(accounts_.CreateAccount(AccountId("account_4"), "fourth"));
  EXPECT_TRUE(reader_.Changes(start + 3, 100)->publishers_changed);
}

TEST_F(StoreTest, AnUpdateHoldsItsCondition) {
  const auto created = webhooks_.Create(Wanted("webhook_1", mine_));
  const WebhookId id("webhook_1");
  const auto describe = [](WebhookRecord* record) {
    record->description = "changed";
    return Ok();
  };
  const auto updated = webhooks_.Update(mine_, id, created->webhook.revision, describe);
  EXPECT_EQ(updated->description, "changed");
  EXPECT_EQ(webhooks_.Update(mine_, id, created->webhook.revision, describe).error().code,
            ErrorCode::kPrecondition);
  EXPECT_EQ(
      webhooks_.Update(mine_, id, {}, [](WebhookRecord*) -> Status { return InvalidError({}); }).error().code,
      ErrorCode::kInvalid);
  EXPECT_EQ(webhooks_.Delete(mine_, id, created->webhook.revision).error().code, ErrorCode::kPrecondition);
  EXPECT_TRUE(webhooks_.Get(mine_, id)) << "nothing of it is left behind";
  // What the worker saw before the customer's change deactivates nothing.
  ASSERT_TRUE(webhooks_.Deactivate(id, "gone", created->webhook.revision));
  EXPECT_TRUE(webhooks_.Get(mine_, id)->webhook.active);
  ASSERT_TRUE(webhooks_.Deactivate(id, "gone", updated->webhook.revision));
  EXPECT_EQ(webhooks_.Get(mine_, id)->webhook.inactive_reason, "gone");
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
    record.created_at = WallTime(seconds(1'700'000'000));
    record.started_at = record.created_at + seconds(attempt);
    record.response_headers = {"X: a\tb\\n\"c", std::string("N: \0", 4)};
    record.response_excerpt = std::string("\0\xff\t\\", 4);
    return record;
  }
  Status Write(const std::vector<AttemptRecord>& attempts) {
    LogBatch batch;
    batch.attempts = attempts;
    batch.offsets[{"webhook.attempts", 0}] = {next_, next_ + 1};
    const Status written = WriteLog(*session_, batch);
    if (written) ++next_;
    return written;
  }
  DeliveryRow Row() { return *deliveries_.Get(mine_, DeliveryId("delivery_1")); }

  std::unique_ptr<postgres::Session> session_;
  std::int64_t next_ = 0;
};

TEST_F(LogTest, ABatchIsWrittenOnceHoweverOftenItComes) {
  LogBatch batch;
  Event event;
  event.id = EventId("event_1");
  event.account = mine_;
  event.type = "user.created";
  event.body = std::string("{\"x\":\"\\u0000\t\\\\\"}");
  event.accepted_at = WallTime(seconds(1'700'000'000));
  batch.events = {event, event};
  batch.attempts = {Record(1, DeliveryState::kDelivered), Record(1, DeliveryState::kDelivered)};
  batch.offsets[{"webhook.attempts", 3}] = {0, 2};
  ASSERT_TRUE(WriteLog(*session_, batch));
  EXPECT_EQ(ReadLogOffsets(*session_)->at({"webhook.attempts", 3}), 2);
  EXPECT_EQ(WriteLog(*session_, batch).error().reason, "log_taken_over");
  EXPECT_EQ(CountRows("attempts"), 1);
  EXPECT_EQ(Row().attempts, 1);
  EXPECT_EQ(deliveries_.ReadEvent(mine_, EventId("event_1"))->body, event.body);
  EXPECT_FALSE(deliveries_.ReadEvent(other_, EventId("event_1")));
  const auto attempts = deliveries_.Attempts(DeliveryId("delivery_1"));
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
  EXPECT_EQ(WriteLog(*zombie, late).error().reason, "log_taken_over");
  EXPECT_EQ(Row().state, DeliveryState::kWaiting);
  EXPECT_FALSE(ReadLogOffsets(*session_)->contains({"webhook.attempts", 1})) << "all or nothing";
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
  ASSERT_TRUE(webhooks_.Create(Wanted("webhook_1", mine_)));
  const auto failing = [&](seconds time) { return webhooks_.ListFailing(time, 10).value().size(); };
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
  ASSERT_TRUE(webhooks_.Deactivate(WebhookId("webhook_1"), "It fails.", 1'000));
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
    record.created_at += seconds(i / 2);  // two have one time
    record.webhook_id = WebhookId(i % 2 ? "webhook_odd" : "webhook_even");
    records.push_back(record);
  }
  ASSERT_TRUE(Write(records));
  const auto first = deliveries_.List(mine_, {}, {}, 3);
  ASSERT_THAT(*first, SizeIs(3));
  const auto second =
      deliveries_.List(mine_, {}, DeliveryPosition{first->back().created_at, first->back().id.str()}, 3);
  std::vector<std::string> ids;
  for (const auto* page : {&first, &second}) {
    for (const DeliveryRow& row : **page) ids.push_back(row.id.str());
  }
  EXPECT_THAT(ids, ElementsAre("delivery_4", "delivery_3", "delivery_2", "delivery_1", "delivery_0"));
  DeliveryFilter filter;
  filter.webhook_id = "webhook_even";
  filter.state = DeliveryState::kDelivered;
  EXPECT_THAT(*deliveries_.List(mine_, filter, {}, 10), SizeIs(2));
  EXPECT_THAT(*deliveries_.List(other_, filter, {}, 10), IsEmpty());
  filter.webhook_id = "' OR true --";
  EXPECT_THAT(*deliveries_.List(mine_, filter, {}, 10), IsEmpty());
}

}  // namespace
}  // namespace webhook::store
