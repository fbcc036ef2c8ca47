// Browsers' sessions in the registry's tables.
#include "services/registry/store/sessions.h"
#include "tests/integration/registry_tables_fixture.h"

namespace webhook::store {
namespace {

using std::chrono::hours;

constexpr char kFirst = 'a';

class SessionsTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    for (const auto& [id, account] : {std::pair("key_mine", mine_), std::pair("key_other", other_)}) {
      ApiKey key;
      key.id = ApiKeyId(id);
      key.account = account;
      key.scopes = {"webhooks:read"};
      ASSERT_TRUE(Do([&](Tx& tx) { return CreateKey(tx, key, std::string(32, id[4])); }));
    }
    postgres::DatabaseOptions options = Options();
    options.settings.clear();
    customers_ = std::make_unique<postgres::Database>(options);
  }
  static std::string Hmac(char token) { return std::string(32, token); }
  Session Wanted(const std::string& id, const AccountId& account, const std::string& key) {
    return {SessionId(id), account, ApiKeyId(key), now_, now_, now_ + hours(12)};
  }
  void Add(const Session& session, char token) {
    ASSERT_TRUE(Do([&](Tx& tx) {
      AddSession(tx, session, Hmac(token));
      return Done{};
    }));
  }
  Status Write(const std::function<void(Tx&)>& fn) {
    return database_.Transact<Done>("write", [&](Tx& tx) -> Status {
      fn(tx);
      return Ok();
    });
  }
  // As a call finds it that has not said yet whose it is.
  std::optional<Session> Find(char token) {
    return customers_
        ->Transact<std::optional<Session>>(
            "find", [&](Tx& tx) -> Result<std::optional<Session>> { return FindSession(tx, Hmac(token)); })
        .value();
  }

  const WallTime now_ = runtime::ReadClock().wall;
  std::unique_ptr<postgres::Database> customers_;  // sees nothing by itself
};

TEST_F(SessionsTest, OneIsFoundByItsTokenAlone) {
  const Session wanted = Wanted("session_1", mine_, "key_mine");
  Add(wanted, kFirst);
  Add(Wanted("session_2", other_, "key_other"), 'b');
  const auto found = Find(kFirst);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, wanted.id);
  EXPECT_EQ(found->account, mine_);
  EXPECT_EQ(found->key, wanted.key);
  EXPECT_EQ(found->created_at, now_);
  EXPECT_EQ(found->last_used_at, now_);
  EXPECT_EQ(found->expires_at, now_ + hours(12));
  EXPECT_FALSE(Find('c'));
  const auto seen = customers_->Transact<std::int64_t>("count", [&](Tx& tx) -> Result<std::int64_t> {
    FindSession(tx, Hmac(kFirst));
    return tx.exec1("SELECT count(*) FROM sessions")[0].as<std::int64_t>();
  });
  EXPECT_EQ(seen.value(), 1) << "it opens its own row and no other";
  const auto after = customers_->Transact<std::int64_t>("count", [](Tx& tx) -> Result<std::int64_t> {
    return tx.exec1("SELECT count(*) FROM sessions")[0].as<std::int64_t>();
  });
  EXPECT_EQ(after.value(), 0) << "and only in its transaction";
}

TEST_F(SessionsTest, OneEndsForItsAccountAlone) {
  Add(Wanted("session_1", mine_, "key_mine"), kFirst);
  ASSERT_TRUE(Write([&](Tx& tx) { DeleteSessions(tx, other_, {SessionId("session_1")}); }));
  EXPECT_TRUE(Find(kFirst));
  ASSERT_TRUE(Write([&](Tx& tx) { DeleteSessions(tx, mine_, {SessionId("session_1")}); }));
  EXPECT_FALSE(Find(kFirst));
  EXPECT_TRUE(Write([&](Tx& tx) { DeleteSessions(tx, mine_, {SessionId("session_1"), SessionId("none")}); }));
}

TEST_F(SessionsTest, AKeysAreListedOldestFirst) {
  Add(Wanted("session_2", mine_, "key_mine"), kFirst);
  Add(Wanted("session_1", mine_, "key_mine"), 'b');
  Add(Wanted("session_3", other_, "key_other"), 'c');
  const auto listed = *Do([](Tx& tx) { return LockSessions(tx, ApiKeyId("key_mine")); });
  ASSERT_THAT(listed, SizeIs(2));
  EXPECT_EQ(listed[0].id, SessionId("session_1"));
  EXPECT_EQ(listed[1].id, SessionId("session_2"));
}

TEST_F(SessionsTest, TheLastUseNeverGoesBack) {
  Add(Wanted("session_1", mine_, "key_mine"), kFirst);
  for (const WallTime use : {now_ + seconds(60), now_ + seconds(30)}) {
    ASSERT_TRUE(Write([&](Tx& tx) {
      NoteSessionUse(tx, {{SessionId("session_1"), use}, {SessionId("gone"), use}});
    }));
  }
  EXPECT_EQ(Find(kFirst)->last_used_at, now_ + seconds(60));
}

TEST_F(SessionsTest, WhatIsOverIsDropped) {
  Session live = Wanted("session_1", mine_, "key_mine");
  Add(live, kFirst);
  Session old = Wanted("session_2", mine_, "key_mine");
  old.expires_at = now_;
  Add(old, 'b');
  Session idle = Wanted("session_3", mine_, "key_mine");
  idle.last_used_at = now_ - hours(2);
  Add(idle, 'c');
  Add(Wanted("session_4", other_, "key_other"), 'd');
  ASSERT_TRUE(Do([&](Tx& tx) { return RevokeKey(tx, other_, ApiKeyId("key_other")); }));
  ASSERT_TRUE(Write([&](Tx& tx) { DropDeadSessions(tx, hours(2), now_); }));
  EXPECT_TRUE(Find(kFirst));
  EXPECT_EQ(CountRows("sessions"), 1);
}

TEST_F(SessionsTest, RowSecurityShowsOneAccountsSessions) {
  Add(Wanted("session_1", mine_, "key_mine"), kFirst);
  Add(Wanted("session_2", other_, "key_other"), 'b');
  const auto ids = customers_->Transact<std::string>("list", [&](Tx& tx) -> Result<std::string> {
    SeeOnly(tx, mine_);
    return tx.exec1("SELECT string_agg(id, ' ') FROM sessions")[0].as<std::string>();
  });
  EXPECT_EQ(ids.value(), "session_1");
  const auto steal = customers_->Transact<Done>("steal", [&](Tx& tx) -> Status {
    FindSession(tx, Hmac('b'));
    return tx.exec("UPDATE sessions SET last_used_at = now() RETURNING id").empty()
               ? Error{ErrorCode::kNotFound, "none", "it may be read, not written"}
               : Ok();
  });
  EXPECT_EQ(steal.error().reason, "none");
}

}  // namespace
}  // namespace webhook::store
