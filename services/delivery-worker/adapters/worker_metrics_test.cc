#include "services/delivery-worker/adapters/worker_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/delivery-worker/engine/stages.h"

namespace webhook {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr WallTime kStart{std::chrono::hours{24}};

AttemptRecord MakeAttempt(int attempt) {
  AttemptRecord record;
  record.attempt = attempt;
  record.requested = true;
  record.outcome = "http_5xx";
  record.state = DeliveryState::kWaiting;
  record.accepted_at = kStart;
  record.created_at = kStart + milliseconds{30};
  record.started_at = kStart + milliseconds{40};
  record.duration = milliseconds{300};
  record.phases.answer = milliseconds{300};
  return record;
}

TEST(WorkerMetrics, CountsAnAttemptByOutcomeAndNumber) {
  metrics::Registry registry;
  const WorkerMetrics metrics(registry);
  metrics.CountAttempt(MakeAttempt(2));
  AttemptRecord redelivery = MakeAttempt(1);
  redelivery.kind = DeliveryKind::kRedelivery;
  metrics.CountAttempt(redelivery);
  const std::string text = registry.Render();
  EXPECT_THAT(text, HasSubstr("webhook_delivery_attempts_total{attempt=\"2\",outcome=\"http_5xx\"} 1"));
  EXPECT_THAT(text,
              HasSubstr("webhook_delivery_attempts_total{attempt=\"redelivery\",outcome=\"http_5xx\"} 1"));
  EXPECT_THAT(text, HasSubstr("webhook_delivery_attempt_duration_seconds_count{phase=\"answer\"} 2"));
  EXPECT_THAT(text, HasSubstr("webhook_delivery_attempt_duration_seconds_count{phase=\"tls\"} 0"))
      << "a kept one";
  EXPECT_THAT(text, HasSubstr("webhook_delivery_first_attempt_delay_seconds_count 0"));
}

TEST(WorkerMetrics, TimesTheFirstAttemptFromWhenTheEventWasAccepted) {
  metrics::Registry registry;
  const WorkerMetrics metrics(registry);
  metrics.CountAttempt(MakeAttempt(1));
  EXPECT_THAT(registry.Render(), HasSubstr("webhook_delivery_first_attempt_delay_seconds_sum 0.04\n"));
}

TEST(WorkerMetrics, CountsWhatIsParkedByReasonAndNotAsAnAttempt) {
  metrics::Registry registry;
  const WorkerMetrics metrics(registry);
  for (const std::string& reason :
       {std::string(kWaitsForEndpoint), std::string(kWaitsForAccount), std::string(kWaitsForConfig),
        std::string(kWaitsForPlatform) + "no memory"}) {
    AttemptRecord record;
    DescribeParking(kStart, reason, &record);
    metrics.CountAttempt(record);
  }
  const std::string text = registry.Render();
  for (const char* reason : {"endpoint", "account", "configuration", "platform"})
    EXPECT_THAT(text, HasSubstr("webhook_deliveries_parked_total{reason=\"" + std::string(reason) + "\"} 1"));
  EXPECT_THAT(text, HasSubstr("webhook_delivery_attempt_duration_seconds_count{phase=\"total\"} 0"));
}

TEST(WorkerMetrics, ARetryThatIsEarlyByAClockIsNotLate) {
  metrics::Registry registry;
  const WorkerMetrics metrics(registry);
  metrics.ObserveRetryLateness(milliseconds{-5});
  EXPECT_THAT(registry.Render(), HasSubstr("webhook_delivery_retry_lateness_seconds_sum 0\n"));
}

}  // namespace
}  // namespace webhook
