// The delivery log: exactly once, forward only, its days, and what reads it.
#include "tests/integration/registry_tables_fixture.h"

namespace webhook::store {
namespace {

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
    record.notification_id = DeriveNotificationId(mine_, record.event_id);
    record.attempt = attempt;
    record.state = state;
    record.outcome = "o";
    record.requested = requested;
    record.accepted_at = record.created_at = kLogTime;
    record.started_at = record.created_at + seconds(attempt);
    record.response_headers = "X: a\tb\\n\"c\n" + std::string("N: \0\n", 5);
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
  AttemptRecord Of(const char* webhook, int attempt, DeliveryState state) {
    AttemptRecord record = Record(attempt, state);
    record.webhook_id = WebhookId(webhook);
    record.delivery_id = DeliveryId("delivery_of_" + record.webhook_id.str());
    record.outcome = state == DeliveryState::kDelivered ? "success" : "http_5xx";
    return record;
  }
  std::vector<std::string> HealthIds(const HealthFilter& filter) {
    const auto list = Do([&](Tx& tx) { return ListHealth(tx, mine_, filter, {}, 10); });
    std::vector<std::string> ids;
    for (const WebhookHealth& health : *list) ids.push_back(health.id.str());
    return ids;
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

TEST_F(LogTest, WhatIsThereAlreadyIsLeftOutAndItsNeighboursAreWritten) {
  LogBatch batch;
  batch.events.emplace_back();
  batch.events[0].id = EventId("event_1");
  batch.events[0].account = mine_;
  batch.events[0].body = "{\"long\":\"" + std::string(500, 'x') + "\"}";
  batch.events[0].accepted_at = kLogTime;
  batch.attempts = {Record(1, DeliveryState::kWaiting)};
  batch.attempts[0].request_head = "POST / HTTP/1.1\r\nHost: " + std::string(500, 'h');
  batch.offsets[{"webhook.attempts", 3}] = {0, 1};
  ASSERT_TRUE(WriteLog(*session_, days_, batch, kLogTime));
  batch.events.push_back(batch.events[0]);
  batch.events[1].id = EventId("event_2");
  batch.attempts.push_back(Record(2, DeliveryState::kDelivered));
  batch.offsets[{"webhook.attempts", 3}] = {1, 2};
  ASSERT_TRUE(WriteLog(*session_, days_, batch, kLogTime));
  EXPECT_EQ(CountRows("events"), 2);
  EXPECT_EQ(CountRows("attempts"), 2);
  EXPECT_EQ(Row().attempts, 2) << "only what is new counts";
  EXPECT_EQ(Row().notification_id, DeriveNotificationId(mine_, EventId("event_1")));
  EXPECT_EQ(Do([&](Tx& tx) { return ReadEvent(tx, mine_, EventId("event_2")); })->body, batch.events[0].body);
  const auto heads = [&] { return Do([&](Tx& tx) { return ListAttempts(tx, Row(), std::nullopt, 10); }); };
  EXPECT_EQ(heads()->at(1).request_head, batch.attempts[0].request_head);
  ASSERT_TRUE(Do([&](Tx& tx) -> Status {
    tx.exec0(
        "UPDATE attempts SET request_head = NULL, request_headers = 'as before'; UPDATE events SET body = "
        "'{}'");
    return Ok();
  }));
  EXPECT_EQ(heads()->at(1).request_head, "as before");
  EXPECT_EQ(Do([&](Tx& tx) { return ReadEvent(tx, mine_, EventId("event_2")); })->body, "{}");
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
  EXPECT_EQ(dropped, 6) << "events, deliveries, attempts and three kinds of statistics of one day";
  EXPECT_EQ(CountRows("deliveries"), 1);
  EXPECT_EQ(CountRows("attempts"), 1);
  LogBatch late;
  late.attempts = {Record(2, DeliveryState::kDelivered)};
  late.offsets[{"webhook.attempts", 0}] = {next_, next_ + 1};
  ASSERT_TRUE(WriteLog(*session_, days_, late, over))
      << "what comes too late is left out, and the log goes on";
  EXPECT_EQ(CountRows("deliveries"), 1);
}

TEST_F(LogTest, DaysAheadAreCountedUpToTheFirstThatIsNotWhole) {
  const Day today = DayOf(kLogTime);
  const auto in = [&](int days) { return today + std::chrono::days(days); };
  EXPECT_EQ(*LogDays::Ahead(*session_, kLogTime), 0);
  ASSERT_TRUE(days_.Make(*session_, {in(0), in(1), in(2), in(4)}));
  EXPECT_EQ(*LogDays::Ahead(*session_, kLogTime), 2) << "the third is missing";
  EXPECT_EQ(*LogDays::Ahead(*session_, kLogTime + std::chrono::days(1)), 1);
  ASSERT_TRUE(session_->Execute("detach", "ALTER TABLE attempts DETACH PARTITION attempts_20231116"));
  EXPECT_EQ(*LogDays::Ahead(*session_, kLogTime), 1) << "of the second one table is missing";
}

TEST_F(LogTest, ADayThatACrashHasLeftHalfDroppedIsDropped) {
  ASSERT_TRUE(Write({Record(1, DeliveryState::kDelivered)}));
  ASSERT_TRUE(session_->Execute("detach", "ALTER TABLE deliveries DETACH PARTITION deliveries_20231114"));
  int dropped = 0;
  while (!days_.DropOldest(*session_, kLogTime + std::chrono::days(40))->empty()) ++dropped;
  EXPECT_EQ(dropped, 6);
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

TEST_F(LogTest, ABulkRedeliveryPassesOverWhatWasSentAgainSinceItWasAskedFor) {
  ASSERT_TRUE(Create(Wanted("webhook_1", mine_)));
  LogBatch batch;
  batch.events.emplace_back();
  batch.events[0].id = EventId("event_1");
  batch.events[0].account = mine_;
  batch.events[0].type = "user.created";
  batch.events[0].body = "{}";
  batch.events[0].accepted_at = kLogTime;
  batch.attempts = {Record(1, DeliveryState::kDelivered), Record(1, DeliveryState::kDelivered)};
  batch.attempts[1].delivery_id = DeliveryId("delivery_2");
  batch.offsets[{"webhook.attempts", 0}] = {next_, next_ + 1};
  ASSERT_TRUE(WriteLog(*session_, days_, batch, kLogTime));
  ++next_;
  DeliveryFilter filter;
  filter.state = DeliveryState::kDelivered;
  ASSERT_TRUE(Do([&](Tx& tx) {
    return InsertRedelivery(tx, mine_, {"redelivery_1", R"({"state":"delivered"})", filter});
  }));
  AttemptRecord again = Record(1, DeliveryState::kDelivered);
  again.kind = DeliveryKind::kRedelivery;
  again.run = 1;
  again.started_at = runtime::ReadClock().wall + seconds(60);
  ASSERT_TRUE(Write({again}));
  const RedeliveryPart part{"redelivery_1", mine_, WebhookId("webhook_1"), ""};
  EXPECT_TRUE(*Do([&](Tx& tx) { return PlanPart(tx, part, filter, 10); }));
  const auto intents = Do([&](Tx& tx) { return ReadIntents(tx, part); });
  ASSERT_EQ(intents->size(), 1U);
  EXPECT_EQ(intents->at(0).delivery.id.str(), "delivery_2");
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

TEST_F(LogTest, TheNewestFailureIsKeptAlsoAfterASuccess) {
  ASSERT_TRUE(Create(Wanted("webhook_1", mine_)));
  const auto health = [&] { return Do([&](Tx& tx) { return ListHealth(tx, mine_, {}, {}, 10); })->at(0); };
  EXPECT_FALSE(health().failing() || health().last_success_at || health().last_failure);
  AttemptRecord refused = Of("webhook_1", 1, DeliveryState::kWaiting);
  refused.status = 503;
  refused.reason = std::string("It \0answered 503.", 17);
  AttemptRecord newest = Of("webhook_1", 3, DeliveryState::kWaiting);
  newest.outcome = "dns";
  ASSERT_TRUE(Write({newest, refused, Of("webhook_1", 2, DeliveryState::kDelivered)}));
  EXPECT_EQ(health().failing_since, newest.started_at) << "the first after the last success";
  EXPECT_EQ(health().last_failure->outcome, "dns");
  ASSERT_TRUE(Write({refused}));
  EXPECT_EQ(health().last_failure->at, newest.started_at) << "what comes late is not the newest";
  EXPECT_EQ(health().last_failure->status, 0);
  refused.started_at += seconds(10);
  ASSERT_TRUE(Write({refused, Of("webhook_1", 20, DeliveryState::kDelivered)}));
  EXPECT_FALSE(health().failing());
  EXPECT_EQ(health().last_success_at, kLogTime + seconds(20));
  EXPECT_EQ(health().last_failure->at, refused.started_at);
  EXPECT_EQ(health().last_failure->delivery_id.str(), "delivery_of_webhook_1");
  EXPECT_EQ(health().last_failure->status, 503);
  EXPECT_EQ(health().last_failure->reason, "It answered 503.");
  AttemptRecord test = Of("webhook_1", 40, DeliveryState::kFailed);
  test.kind = DeliveryKind::kTest;
  ASSERT_TRUE(Write({test}));
  EXPECT_FALSE(health().failing()) << "tests say nothing";
}

TEST_F(LogTest, WhatBeganBeforeTheLastSuccessMakesNoWebhookFailingNorWell) {
  ASSERT_TRUE(Create(Wanted("webhook_1", mine_)));
  const auto health = [&] { return Do([&](Tx& tx) { return ListHealth(tx, mine_, {}, {}, 10); })->at(0); };
  ASSERT_TRUE(Write({Of("webhook_1", 5, DeliveryState::kDelivered)}));
  ASSERT_TRUE(Write({Of("webhook_1", 2, DeliveryState::kFailed)}));
  EXPECT_FALSE(health().failing()) << "a slow request that began before the success";
  ASSERT_TRUE(
      Write({Of("webhook_1", 8, DeliveryState::kFailed), Of("webhook_1", 9, DeliveryState::kFailed)}));
  EXPECT_EQ(health().failing_since, kLogTime + seconds(8));
  ASSERT_TRUE(Write({Of("webhook_1", 6, DeliveryState::kDelivered)}));
  EXPECT_EQ(health().failing_since, kLogTime + seconds(8)) << "a slow success that began before the failures";
  ASSERT_TRUE(Write({Of("webhook_1", 10, DeliveryState::kDelivered)}));
  EXPECT_FALSE(health().failing());
}

TEST_F(LogTest, HealthListsThoseThatFailFirstAndGoesOnWhereAPageEnded) {
  for (int i = 1; i <= 6; ++i) ASSERT_TRUE(Create(Wanted("webhook_" + std::to_string(i), mine_)));
  ASSERT_TRUE(Create(Wanted("webhook_7", other_)));
  ASSERT_TRUE(Write({Of("webhook_2", 9, DeliveryState::kFailed), Of("webhook_3", 5, DeliveryState::kFailed),
                     Of("webhook_5", 5, DeliveryState::kFailed), Of("webhook_6", 1, DeliveryState::kFailed),
                     Of("webhook_1", 1, DeliveryState::kDelivered)}));
  ASSERT_TRUE(Deactivate(WebhookId("webhook_6"), "gone", 1'000));
  EXPECT_THAT(HealthIds({}),
              ElementsAre("webhook_3", "webhook_5", "webhook_2", "webhook_6", "webhook_4", "webhook_1"));
  HealthFilter filter;
  filter.failing = true;
  EXPECT_THAT(HealthIds(filter), ElementsAre("webhook_3", "webhook_5", "webhook_2"));
  filter.failing = false;
  EXPECT_THAT(HealthIds(filter), ElementsAre("webhook_6", "webhook_4", "webhook_1"));
  filter = {};
  filter.webhooks = {"webhook_1", "webhook_5", "webhook_7", "", "' OR true --"};
  EXPECT_THAT(HealthIds(filter), ElementsAre("webhook_5", "webhook_1"));
  for (int limit = 1; limit <= 4; ++limit) {
    std::vector<std::string> all;
    std::optional<HealthPosition> after;
    for (int pages = 0; pages < 10; ++pages) {
      const auto page = Do([&](Tx& tx) { return ListHealth(tx, mine_, {}, after, limit); }).value();
      if (page.empty()) break;
      for (const WebhookHealth& health : page) all.push_back(health.id.str());
      after = HealthPosition{std::nullopt, page.back().id.str()};
      if (page.back().failing()) after->failing_since = page.back().failing_since;
    }
    EXPECT_EQ(all, HealthIds({})) << limit;
  }
  const HealthCounts counts = *Do([&](Tx& tx) { return CountHealth(tx, mine_); });
  EXPECT_EQ(counts.webhooks, 6);
  EXPECT_EQ(counts.active, 5);
  EXPECT_EQ(counts.failing, 3);
}

TEST_F(LogTest, HoursAndWhatWaitsAreReadForManyWebhooksAtOnce) {
  const WallTime hour = std::chrono::floor<std::chrono::hours>(kLogTime);
  const auto at = [](AttemptRecord record, WallTime time) {
    record.started_at = time;
    return record;
  };
  AttemptRecord waits = at(Of("webhook_2", 1, DeliveryState::kWaiting), hour + seconds(3'599));
  waits.next_attempt_at = hour + seconds(7'000);
  ASSERT_TRUE(Write({at(Of("webhook_1", 1, DeliveryState::kDelivered), hour),
                     at(Of("webhook_1", 2, DeliveryState::kDelivered), hour - seconds(1)),
                     at(Of("webhook_1", 3, DeliveryState::kFailed), hour + seconds(1'800)), waits}));
  const std::vector<WebhookId> both = {WebhookId("webhook_1"), WebhookId("webhook_2")};
  const auto read = [&](const AccountId& account, WallTime since) {
    return Do([&](Tx& tx) { return ReadHours(tx, account, both, since, hour + seconds(3'600)); }).value();
  };
  auto hours = read(mine_, hour - seconds(3'600));
  ASSERT_THAT(hours[both[0]], SizeIs(2));
  EXPECT_EQ(hours[both[0]][0].at, hour - seconds(3'600));
  EXPECT_EQ(hours[both[0]][1].requests, 2);
  EXPECT_EQ(hours[both[0]][1].succeeded, 1);
  EXPECT_EQ(hours[both[1]][0].succeeded, 0);
  EXPECT_THAT(read(mine_, hour)[both[0]], SizeIs(1));
  EXPECT_THAT(read(other_, hour), IsEmpty());
  auto waiting = *Do([&](Tx& tx) { return ReadWaitingOf(tx, mine_, both, 10); });
  EXPECT_FALSE(waiting.contains(both[0]));
  EXPECT_EQ(waiting[both[1]].deliveries, 1);
  EXPECT_EQ(waiting[both[1]].next_attempt_at, waits.next_attempt_at);
  EXPECT_THAT(*Do([&](Tx& tx) { return ReadWaitingOf(tx, other_, both, 10); }), IsEmpty());
  AttemptRecord second = waits;
  second.delivery_id = DeliveryId("delivery_2");
  ASSERT_TRUE(Write({second}));
  const auto bounded = [&](int limit) {
    return Do([&](Tx& tx) { return ReadWaitingOf(tx, mine_, both, limit); });
  };
  EXPECT_EQ(bounded(2)->at(both[1]).deliveries, 2);
  EXPECT_EQ(bounded(1)->at(both[1]).deliveries, 1);
  const auto of_account = Do([&](Tx& tx) { return ReadAccountWaiting(tx, mine_, 2, 1); });
  EXPECT_EQ(of_account->deliveries, 2);
  EXPECT_EQ(of_account->next_attempt_at, waits.next_attempt_at);
  EXPECT_EQ(Do([&](Tx& tx) { return ReadAccountWaiting(tx, mine_, 1, 1); })->deliveries, 1);
  EXPECT_EQ(Do([&](Tx& tx) { return ReadAccountWaiting(tx, other_, 2, 1); })->deliveries, 0);
}

TEST_F(LogTest, AnAccountsStatisticsAreTheSumOfItsWebhooks) {
  const auto delivered = [&] { return *Do([&](Tx& tx) { return HasDelivered(tx, mine_); }); };
  AttemptRecord slow = Of("webhook_2", 2, DeliveryState::kFailed);
  slow.duration = seconds(3);
  AttemptRecord test = Of("webhook_2", 1, DeliveryState::kDelivered);
  test.kind = DeliveryKind::kTest;
  ASSERT_TRUE(Write({Of("webhook_1", 1, DeliveryState::kFailed), slow, test}));
  EXPECT_FALSE(delivered()) << "a test is none";
  ASSERT_TRUE(
      Write({Of("webhook_1", 2, DeliveryState::kFailed), Of("webhook_2", 3, DeliveryState::kDelivered)}));
  EXPECT_TRUE(delivered());
  EXPECT_FALSE(*Do([&](Tx& tx) { return HasDelivered(tx, other_); }));
  const auto read = [&](const AccountId& account) {
    return Do([&](Tx& tx) {
             return ReadAccountStats(tx, account, kLogTime - seconds(600), kLogTime + seconds(600));
           })
        .value();
  };
  const auto rows = read(mine_);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].outcome, "http_5xx");
  EXPECT_EQ(rows[0].requests, 3);
  EXPECT_GT(rows[0].latency.Quantile(0.99), seconds(2));
  EXPECT_LT(rows[0].latency.Quantile(0.5), seconds(1));
  EXPECT_EQ(rows[1].requests, 1);
  EXPECT_THAT(read(other_), IsEmpty());
  const auto own = Do([&](Tx& tx) {
    return ReadStats(tx, mine_, WebhookId("webhook_1"), kLogTime - seconds(600), kLogTime + seconds(600));
  });
  ASSERT_THAT(*own, SizeIs(1));
  EXPECT_EQ(own->at(0).requests, 2) << "each webhook has its own";
}

}  // namespace
}  // namespace webhook::store
