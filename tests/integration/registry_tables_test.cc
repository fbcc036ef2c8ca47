// The registry's tables: who sees what, and revisions.
#include "tests/integration/registry_tables_fixture.h"

namespace webhook::store {
namespace {

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
  ASSERT_TRUE(Do([](Tx& tx) {
    tx.exec0(
        "INSERT INTO webhook_health (webhook_id, account_id) VALUES ('webhook_1', 'account_mine'), "
        "('webhook_2', 'account_other'), ('webhook_3', NULL)");
    return Done{};
  }));
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
  for (const char* table : {"accounts", "webhooks", "webhook_health", "webhook_secrets"}) {
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

}  // namespace
}  // namespace webhook::store
