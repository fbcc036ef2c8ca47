#include "services/registry/api/operations/health_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "services/registry/openapi/openapi.h"

namespace webhook {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr WallTime kTime{seconds(1'700'000'000)};  // 2023-11-14 22:13:20

store::WebhookHealth Quiet() {
  store::WebhookHealth health;
  health.url = "https://hooks.example.com:8443/in?token=secret";
  health.timeout = seconds(10);
  health.updated_at = kTime - minutes(60);
  return health;
}

store::WebhookHealth Failing(const std::string& outcome, int status = 0) {
  store::WebhookHealth health = Quiet();
  health.failing_since = kTime;
  health.last_failure = store::LastFailure{kTime + minutes(5), DeliveryId("delivery_1"), outcome, status,
                                           "What an endpoint says."};
  return health;
}

std::string Told(const std::string& outcome, int status = 0) {
  return HealthSummary({Failing(outcome, status)});
}

TEST(HealthSummary, SaysSinceWhenWhatIsWrongWhatToDoAndWhatWaits) {
  EXPECT_EQ(
      HealthSummary({Failing("http_5xx", 503), {12, kTime + minutes(8)}}),
      "Every request has failed since 2023-11-14 22:13 UTC. hooks.example.com answers 503: your "
      "service, "
      "or what stands before it, has failed. Look at its log. 12 deliveries wait; the next attempt is due at "
      "2023-11-14 22:21 UTC.");
}

TEST(HealthSummary, EachOutcomeHasItsAdvice) {
  const struct {
    const char* outcome;
    int status;
    const char* advice;
  } cases[] = {
      {"http_3xx", 302, "redirects are not followed. Register the URL that it leads to."},
      {"http_4xx", 401, "answers 401: it does not let us in."},
      {"http_4xx", 403, "the signature proves that they are ours."},
      {"http_4xx", 407, "without a login"},
      {"http_4xx", 404, "there is nothing at this URL."},
      {"http_4xx", 405, "takes no POST requests"},
      {"http_4xx", 413, "too large"},
      {"http_4xx", 422, "answers 422: your service does not take the request."},
      {"http_429", 429, "Lower the webhook's rate limit"},
      {"http_5xx", 500, "answers 500: your service, or what stands before it, has failed."},
      {"permanent", 400, "answers 400: your service does not take the request."},
      {"permanent", 410, "gone for good"},
      {"permanent", 503, "answers 503: your service"},
      {"timeout_connect", 0, "does not take the connection in time"},
      {"timeout_tls", 0, "does not secure it in time"},
      {"timeout_response", 0, "did not answer within 10 s. Let your service answer 2xx first"},
      {"dns", 0, "The host name hooks.example.com cannot be found."},
      {"connect", 0, "refuses the connection"},
      {"tls", 0, "Renew or correct the certificate."},
      {"protocol", 0, "no HTTP"},
      {"ssrf_blocked", 0, "leads to a private address, which is never called."},
  };
  for (const auto& [outcome, status, advice] : cases) {
    const std::string told = Told(outcome, status);
    EXPECT_THAT(told, HasSubstr(advice)) << outcome;
    EXPECT_THAT(told, Not(HasSubstr("What an endpoint says"))) << outcome;
    EXPECT_THAT(told, Not(HasSubstr("secret"))) << outcome;
  }
}

// The list of outcomes is the document's: a new one has its words, or is named here as one of no request.
TEST(HealthSummary, NoOutcomeOfARequestIsLeftWithoutWords) {
  const std::set<std::string> of_no_failure = {"success", "own_fault", "parked",
                                               "skipped", "cancelled", "expired"};
  const auto document = nlohmann::json::parse(kOpenApi);
  for (const auto& word : document.at("components").at("schemas").at("Outcome").at("enum")) {
    const auto outcome = word.get<std::string>();
    const std::string told = Told(outcome, outcome.starts_with("http") || outcome == "permanent" ? 499 : 0);
    EXPECT_EQ(of_no_failure.contains(outcome),
              told.find("Look at its newest deliveries") != std::string::npos)
        << outcome << ": " << told;
  }
}

TEST(HealthSummary, AFailureThatIsOlderThanTheChangeBlamesNobody) {
  store::WebhookHealth health = Failing("dns");
  health.updated_at = health.last_failure->at + seconds(1);
  EXPECT_THAT(HealthSummary({health}), HasSubstr("was changed after the last of them: send a test"));
  EXPECT_THAT(HealthSummary({health}), Not(HasSubstr("cannot be found")));
  health.last_failure.reset();
  EXPECT_THAT(HealthSummary({health}), HasSubstr("Look at its newest deliveries"));
}

TEST(HealthSummary, CountsWhatWaits) {
  const auto waits = [](std::int64_t deliveries) {
    return HealthSummary({Failing("http_5xx", 503), {deliveries, std::nullopt}});
  };
  EXPECT_THAT(waits(0), HasSubstr("Nothing waits for another attempt; what has failed can be sent again."));
  EXPECT_THAT(waits(1), HasSubstr(" 1 delivery waits."));
  EXPECT_THAT(waits(99), HasSubstr(" 99 deliveries wait."));
  EXPECT_THAT(waits(kHealthWaitingLooked), HasSubstr(" At least 100 deliveries wait."));
}

TEST(HealthSummary, ThoseThatDoNotFail) {
  store::WebhookHealth health = Quiet();
  EXPECT_STREQ(HealthState(health), "quiet");
  EXPECT_EQ(
      HealthSummary({health}),
      "No event was sent yet. Send a test to see whether the endpoint takes it; tests are not counted here.");
  health = Failing("dns");
  EXPECT_STREQ(HealthState(health), "failing");
  health.failing_since.reset();
  health.last_success_at = kTime;
  EXPECT_STREQ(HealthState(health), "healthy");
  EXPECT_EQ(HealthSummary({health}), "It works: the last request succeeded at 2023-11-14 22:13 UTC.");
}

TEST(HealthSummary, OneThatAnswersNotAlwaysSaysHowOften) {
  HealthItem item{Failing("http_5xx", 503), {}, {{kTime, 60, 50}, {kTime + minutes(60), 40, 38}}};
  item.health.failing_since.reset();
  item.health.last_success_at = kTime;
  EXPECT_EQ(HealthSummary(item),
            "It works: the last request succeeded at 2023-11-14 22:13 UTC. 12 of 100 requests in the last 24 "
            "hours failed. The last failure: hooks.example.com answers 503: your service, or what stands "
            "before it, "
            "has failed. Look at its log.");
  item.health.updated_at = kTime + minutes(60);
  EXPECT_THAT(HealthSummary(item), ::testing::EndsWith(" 12 of 100 requests in the last 24 hours failed."));
}

TEST(HealthSummary, OneThatIsInactiveSaysWhySinceWhenAndThatItCanBeResumed) {
  store::WebhookHealth health = Failing("dns");
  health.active = false;
  health.inactive_since = kTime;
  health.inactive_reason = "The endpoint answered 410 Gone.";
  EXPECT_STREQ(HealthState(health), "inactive");
  EXPECT_EQ(
      HealthSummary({health}),
      "Nothing is sent: the webhook is inactive since 2023-11-14 22:13 UTC (The endpoint answered 410 Gone). "
      "Resume it once its endpoint is ready; what was skipped can be sent then too.");
  health.inactive_reason.clear();
  health.inactive_since.reset();
  EXPECT_THAT(HealthSummary({health}), HasSubstr("the webhook is inactive. Resume it"));
}

}  // namespace
}  // namespace webhook
