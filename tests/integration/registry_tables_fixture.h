#pragma once

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
#include "services/registry/store/redeliveries.h"
#include "services/registry/store/row_security.h"
#include "services/registry/store/secrets.h"
#include "services/registry/store/webhook_health.h"
#include "services/registry/store/webhook_stats.h"
#include "services/registry/store/webhooks.h"
#include "tests/integration/needed.h"

namespace webhook::store {

using std::chrono::microseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

inline constexpr WallTime kLogTime{seconds(1'700'000'000)};
inline constexpr char kSecretText[] = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

inline postgres::DatabaseOptions Options() {
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

}  // namespace webhook::store
