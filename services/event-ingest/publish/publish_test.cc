#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/event-ingest/publish/make_event.h"
#include "services/event-ingest/publish/publisher.h"

namespace webhook {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

constexpr WallTime kNow{seconds{1'705'314'600}};
constexpr MonoTime kMono{seconds{100}};
constexpr MonoTime kLater{seconds{105}};

PublishRights OneAccount() {
  PublishRights rights;
  rights.account_ids = {"account_1"};
  rights.event_types = {{"user.created", nullptr},
                        {"user.updated", EventSchema::Compile(R"({"required": ["id"]})", "").value()}};
  return rights;
}

PublishInput GoodInput() {
  PublishInput input;
  input.event_id = "e-1";
  input.account_id = "account_1";
  input.event_type = "user.created";
  input.data = R"({ "a": 1 })";
  return input;
}

Result<MadeEvent> Make(const PublishInput& input) {
  return MakeEvent(input, OneAccount(), "event", kNow, Bytes16{});
}

std::vector<std::string> Codes(const Result<MadeEvent>& made) {
  std::vector<std::string> codes;
  if (made) return codes;
  for (const FieldViolation& violation : made.error().violations)
    codes.push_back(violation.pointer + " " + violation.code);
  return codes;
}

TEST(SchemaOf, CompilesOnlyWhatHasChanged) {
  const PublishRights before = OneAccount();
  const auto& schema = before.event_types.at("user.updated");
  EXPECT_EQ(SchemaOf("user.updated", R"({"required": ["id"]})", &before).value(), schema);
  EXPECT_NE(SchemaOf("user.updated", R"({"required": ["no"]})", &before).value(), schema);
  EXPECT_NE(SchemaOf("user.created", R"({"required": ["id"]})", &before).value(), nullptr);
  EXPECT_NE(SchemaOf("user.deleted", R"({"required": ["id"]})", nullptr).value(), nullptr);
  EXPECT_FALSE(SchemaOf("user.updated", R"({"required": 5})", &before));
}

TEST(MakeEvent, FixesTheBody) {
  PublishInput input = GoodInput();
  input.occurred_at = {1'705'314'661, 999'999'999};
  const auto made = Make(input);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->event.body,
            R"({"id":")" + made->event.notification_id.str() +
                R"(","event":"user.created","timestamp":"2024-01-15T10:31:01Z","data":{"a":1},)"
                R"("api_version":"2.1.0"})");
  EXPECT_EQ(made->event.accepted_at, kNow);
}

TEST(MakeEvent, GivesARepeatTheSameNotification) {
  EXPECT_EQ(Make(GoodInput())->event.notification_id, Make(GoodInput())->event.notification_id);
}

TEST(MakeEvent, MakesAnIdWhereThereIsNone) {
  PublishInput input = GoodInput();
  input.event_id = "";
  EXPECT_THAT(Make(input)->event.id.str(), StartsWith("event_"));
}

TEST(MakeEvent, TellsEverythingThatIsWrongAtOnce) {
  PublishInput input;
  input.event_id = "a b";
  input.account_id = "account_2";
  input.event_type = "user.craeted";
  input.data = "[]";
  input.occurred_at = {-1, 0};
  EXPECT_THAT(Codes(Make(input)),
              UnorderedElementsAre("event.event_id bad_event_id", "event.account_id unknown_account",
                                   "event.event_type unknown_event_type", "event.occurred_at out_of_range",
                                   "event.data not_an_object"));
}

TEST(MakeEvent, AsksForWhatIsMissing) {
  EXPECT_THAT(
      Codes(Make(PublishInput{})),
      UnorderedElementsAre("event.account_id required", "event.event_type required", "event.data bad_json"));
}

TEST(MakeEvent, RefusesOrTellsDataThatBreaksItsSchema) {
  PublishInput input = GoodInput();
  input.event_type = "user.updated";
  EXPECT_THAT(Codes(Make(input)), ElementsAre("event.data breaks_schema"));
  PublishRights counting = OneAccount();
  counting.refuse_broken = false;
  const auto told = MakeEvent(input, counting, "event", kNow, Bytes16{});
  ASSERT_TRUE(told);
  EXPECT_TRUE(told->breaks_schema);
  input.data = R"({"id": 1})";
  EXPECT_FALSE(Make(input)->breaks_schema);
}

TEST(MakeEvent, KeepsOnlyAWellFormedTraceparent) {
  PublishInput input = GoodInput();
  input.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_EQ(Make(input)->event.traceparent, input.traceparent);
  input.tracestate = "rojo=1";
  EXPECT_EQ(Make(input)->event.tracestate, "rojo=1");
  input.tracestate = "rojo";
  EXPECT_EQ(Make(input)->event.tracestate, "");
  input.tracestate = "rojo=1";
  input.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nx: y";
  EXPECT_EQ(Make(input)->event.traceparent, "");
  EXPECT_EQ(Make(input)->event.tracestate, "");
}

class FakeLog : public EventLogPort {
 public:
  Status Append(const Event&, std::function<void(Status)> done) override {
    if (refusal) return *refusal;
    open.push_back(std::move(done));
    return Ok();
  }
  bool connected() const override { return up; }

  std::vector<std::function<void(Status)>> open;
  std::optional<Error> refusal;
  bool up = true;
};

class PublisherTest : public ::testing::Test {
 protected:
  void Publish(const std::string& id) {
    Event event;
    event.id = EventId(id);
    event.account = AccountId("account_1");
    event.body = "0123456789";
    publisher.Publish(event, kLater, [this](const Publisher::Answer& answer) {
      results.emplace_back(ResultOf(answer));
      answers.push_back(!answer.status     ? answer.status.error().reason
                        : answer.duplicate ? "duplicate"
                                           : "ok");
    });
  }

  FakeLog log;
  Publisher publisher{log, {2, 100, 10}};
  std::vector<std::string> answers;
  std::vector<std::string> results;  // as they are counted
};

TEST_F(PublisherTest, AnswersOnTheAcknowledgement) {
  Publish("a");
  EXPECT_THAT(answers, ElementsAre());
  log.open.at(0)(Ok());
  EXPECT_THAT(answers, ElementsAre("ok"));
  EXPECT_EQ(publisher.in_flight(), 0u);
}

TEST_F(PublisherTest, AnswersARepeatOfAnAcknowledgedEventFromMemory) {
  Publish("a");
  Publish("a");
  EXPECT_EQ(log.open.size(), 2u) << "the first is not acknowledged yet";
  log.open.at(0)(Ok());
  Publish("a");
  EXPECT_EQ(log.open.size(), 2u);
  EXPECT_THAT(answers, ElementsAre("ok", "duplicate"));
  EXPECT_THAT(results, ElementsAre("accepted", "duplicate"));
}

TEST_F(PublisherTest, RefusesWhatIsOverItsLimitsAndTakesItAgainLater) {
  Publish("a");
  Publish("b");
  Publish("c");
  EXPECT_THAT(answers, ElementsAre("too_many_events"));
  EXPECT_THAT(results, ElementsAre("overloaded"));
  log.open.at(0)(Ok());
  Publish("c");
  EXPECT_EQ(log.open.size(), 3u);
}

TEST_F(PublisherTest, TellsHowFullItIsByTheNearerLimit) {
  Publish("a");
  EXPECT_EQ(publisher.used(), 0.5) << "one of two events";
  Publisher narrow(log, {10, 20, 10});
  Event event;
  event.body = "0123456789";
  narrow.Publish(event, kLater, [](const Publisher::Answer&) {});
  EXPECT_EQ(narrow.used(), 0.5) << "10 of 20 bytes";
}

TEST_F(PublisherTest, AnswersAtTheDeadlineAndIgnoresTheLateAcknowledgement) {
  Publish("a");
  publisher.Expire(kMono);
  EXPECT_THAT(answers, ElementsAre());
  publisher.Expire(kLater);
  EXPECT_THAT(answers, ElementsAre("not_acknowledged"));
  EXPECT_EQ(publisher.in_flight(), 1u) << "its bytes are still with the log";
  log.open.at(0)(Ok());
  EXPECT_EQ(answers.size(), 1u);
  Publish("a");
  EXPECT_THAT(answers, ElementsAre("not_acknowledged", "duplicate"));
}

TEST_F(PublisherTest, RefusesAtOnceWhereNoBrokerAnswers) {
  log.up = false;
  Publish("a");
  EXPECT_THAT(answers, ElementsAre("not_acknowledged"));
  EXPECT_THAT(results, ElementsAre("unavailable"));
  EXPECT_TRUE(log.open.empty());
}

TEST_F(PublisherTest, TellsARefusalOfTheLog) {
  log.refusal = Error{ErrorCode::kTooLarge, "record_too_large", "too large"};
  Publish("a");
  EXPECT_THAT(answers, ElementsAre("record_too_large"));
  EXPECT_EQ(publisher.in_flight(), 0u);
}

TEST_F(PublisherTest, RefusalsAreNotRemembered) {
  Publish("a");
  log.open.at(0)(Error{ErrorCode::kUnavailable, "x", "y"});
  Publish("a");
  EXPECT_EQ(log.open.size(), 2u);
}

}  // namespace
}  // namespace webhook
