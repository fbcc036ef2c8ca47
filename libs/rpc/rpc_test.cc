#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "rpc/error_map.h"
#include "rpc/request_text.h"
#include "rpc/webhook_config.h"
#include "webhook/v1/watch.pb.h"
#include "webhook/v1/webhooks.pb.h"

namespace webhook::rpc {
namespace {

TEST(ErrorMap, ComesBackAsItWent) {
  const Error sent{ErrorCode::kInvalid,
                   "invalid",
                   "the type is unknown",
                   {{"event.event_type", "unknown_event_type", "did you mean: user.created"}}};
  const Error back = FromGrpc(ToGrpc(sent));
  EXPECT_EQ(back.code, sent.code);
  EXPECT_EQ(back.reason, sent.reason);
  EXPECT_EQ(back.message, sent.message);
  EXPECT_EQ(back.violations, sent.violations);
}

TEST(ErrorMap, TellsNothingOfAnInternalError) {
  const grpc::Status status = ToGrpc({ErrorCode::kInternal, "secret_reason", "password=hunter2"});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(status.error_message() + status.error_details(),
              ::testing::Not(::testing::HasSubstr("hunter2")));
  EXPECT_THAT(status.error_details(), ::testing::Not(::testing::HasSubstr("secret_reason")));
}

// Clients take 8 KiB of trailers, base64 among them.
TEST(ErrorMap, FitsIntoTrailers) {
  Error error = InvalidError({});
  error.message = std::string(100'000, 'x');
  for (int i = 0; i < 1'000; ++i) error.violations.push_back({"events[0]", "bad", std::string(5'000, 'x')});
  const grpc::Status status = ToGrpc(error);
  EXPECT_LE(status.error_details().size() * 4 / 3 + status.error_message().size(), 8'192U);
  EXPECT_GE(FromGrpc(status).violations.size(), 5U);
}

TEST(RequestText, NamesTheTextThatHoldsU0000) {
  v1::CreateWebhookRequest request;
  request.set_url("https://example.com/");
  request.add_events("user.created");
  EXPECT_TRUE(RefuseNul(request));
  request.add_events(std::string("a\0b", 3));
  const Status refused = RefuseNul(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().violations.at(0).pointer, "events[1]");
}

TEST(ErrorMap, SaysWhenToRepeat) {
  const auto limited = ToRpcStatus({ErrorCode::kLimited, "queue_full", "later"});
  ASSERT_EQ(limited.details_size(), 2);
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(limited.details(1).UnpackTo(&retry));
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(ToRpcStatus({ErrorCode::kDenied, "denied", "no"}).details_size(), 1);
}

TEST(ErrorMap, ReadsAStatusWithoutDetails) {
  const Error error = FromGrpc({grpc::StatusCode::UNAVAILABLE, "connection refused"});
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_EQ(error.message, "connection refused");
}

TEST(ErrorMap, GivesEachCodeItsHttpStatus) {
  EXPECT_EQ(ToHttpStatus(ErrorCode::kInvalid), 422);
  EXPECT_EQ(ToHttpStatus(ErrorCode::kPrecondition), 412);
  EXPECT_EQ(ToHttpStatus(ErrorCode::kInternal), 500);
}

TEST(WebhookConfig, ComesBackAsItWent) {
  Webhook webhook;
  webhook.id = WebhookId("webhook_1");
  webhook.account = AccountId("account_1");
  webhook.url = "https://example.com/";
  webhook.events = {"user.*", "api.error"};
  webhook.active = false;
  webhook.inactive_reason = "gone";
  webhook.rate_limit = {10, 5, 3};
  webhook.retry_schedule = {std::chrono::seconds(1), std::chrono::seconds(2)};
  webhook.permanent_statuses = {400, 410};
  webhook.timeout = std::chrono::seconds(7);
  webhook.headers = {{"x-a", "b"}};
  webhook.secrets = {{Secret("whsec_new"), std::nullopt},
                     {Secret("whsec_old"), WallTime(std::chrono::microseconds(1'700'000'000'123'456))}};
  webhook.cancelled = {{DeliveryId("delivery_1"), 0}, {DeliveryId("delivery_1"), 2}};
  webhook.revision = 42;
  v1::WebhookConfig config;
  ToProto(webhook, &config);
  const Webhook back = FromProto(config);
  EXPECT_EQ(back.id, webhook.id);
  EXPECT_EQ(back.account, webhook.account);
  EXPECT_EQ(back.url, webhook.url);
  EXPECT_EQ(back.events, webhook.events);
  EXPECT_EQ(back.active, webhook.active);
  EXPECT_EQ(back.inactive_reason, webhook.inactive_reason);
  EXPECT_EQ(back.rate_limit, webhook.rate_limit);
  EXPECT_EQ(back.retry_schedule, webhook.retry_schedule);
  EXPECT_EQ(back.permanent_statuses, webhook.permanent_statuses);
  EXPECT_EQ(back.timeout, webhook.timeout);
  EXPECT_EQ(back.headers, webhook.headers);
  ASSERT_EQ(back.secrets.size(), 2u);
  EXPECT_EQ(back.secrets[0].value, webhook.secrets[0].value);
  EXPECT_EQ(back.secrets[1].expires_at, webhook.secrets[1].expires_at);
  EXPECT_EQ(back.cancelled, webhook.cancelled);
  EXPECT_EQ(back.revision, 42);
}

}  // namespace
}  // namespace webhook::rpc
