#include "services/delivery-worker/adapters/signed_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "crypto/webhook_signature.h"

namespace webhook {
namespace {

using std::chrono::seconds;

constexpr WallTime kNow{seconds{1'700'000'000}};

class SignedRequestTest : public ::testing::Test {
 protected:
  SignedRequestTest() {
    webhook.url = "https://example.com/hook?x=1";
    webhook.secrets = {{Secret("whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3"), {}}};
    webhook.timeout = seconds{7};
    Event event;
    event.id = EventId("e1");
    event.type = "user.created";
    event.notification_id = NotificationId("webhook_n");
    event.body = R"({"a":1})";
    event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    delivery.id = DeliveryId("delivery_d");
    delivery.attempt = 3;
    delivery.event = std::make_shared<const Event>(event);
  }

  std::map<std::string, std::string> Headers() const {
    const auto request = SignedRequest(delivery, webhook, url, kNow);
    EXPECT_TRUE(request.ok());
    std::map<std::string, std::string> headers;
    std::istringstream lines(request->headers);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_EQ(line.back(), '\r');
      const std::size_t colon = line.find(": ");
      headers[line.substr(0, colon)] = line.substr(colon + 2, line.size() - colon - 3);
    }
    return headers;
  }

  Webhook webhook;
  const std::shared_ptr<const http::EndpointUrl> url = std::make_shared<const http::EndpointUrl>(
      *http::ParseEndpointUrl("https://example.com/hook?x=1", "/url"));
  Delivery delivery;
};

TEST_F(SignedRequestTest, CarriesEveryHeaderOfTheContract) {
  webhook.headers = {{"X-Own", "1"}};
  const auto headers = Headers();
  EXPECT_EQ(headers.at("Content-Type"), "application/json");
  EXPECT_EQ(headers.at("User-Agent"), "Platform-Webhooks/1.0");
  EXPECT_EQ(headers.at("X-Platform-Event"), "user.created");
  EXPECT_EQ(headers.at("X-Platform-Delivery"), "delivery_d");
  EXPECT_EQ(headers.at("X-Platform-Attempt"), "3");
  EXPECT_EQ(headers.at("X-Platform-Signature"),
            crypto::PlatformSignature(webhook.secrets[0].value, delivery.event->body));
  EXPECT_EQ(headers.at("webhook-id"), "webhook_n");
  EXPECT_EQ(headers.at("webhook-timestamp"), "1700000000");
  EXPECT_EQ(headers.at("webhook-signature"), crypto::StandardSignature(webhook.secrets[0].value, "webhook_n",
                                                                       1'700'000'000, delivery.event->body));
  EXPECT_EQ(headers.at("traceparent"), delivery.event->traceparent);
  EXPECT_EQ(headers.at("X-Own"), "1");
  EXPECT_FALSE(headers.contains("X-Platform-Signature-Previous"));
}

TEST_F(SignedRequestTest, SharesTheEventsBytesAndTakesTheWebhooksTimeout) {
  const auto request = SignedRequest(delivery, webhook, url, kNow);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->body.get(), &delivery.event->body);
  EXPECT_EQ(request->timeout, seconds{7});
  EXPECT_EQ(request->url->target, "/hook?x=1");
}

TEST_F(SignedRequestTest, SignsWithBothSecretsWhileARotationOverlaps) {
  webhook.secrets.push_back({Secret("whsec_b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk"), kNow + seconds{1}});
  auto headers = Headers();
  EXPECT_EQ(headers.at("X-Platform-Signature-Previous"),
            crypto::PlatformSignature(webhook.secrets[1].value, delivery.event->body));
  EXPECT_THAT(headers.at("webhook-signature"), ::testing::MatchesRegex("v1,[^ ]+ v1,[^ ]+"));
  webhook.secrets[1].expires_at = kNow;
  headers = Headers();
  EXPECT_FALSE(headers.contains("X-Platform-Signature-Previous"));
}

TEST_F(SignedRequestTest, NeverGoesOutUnsigned) {
  webhook.secrets.clear();
  EXPECT_FALSE(SignedRequest(delivery, webhook, url, kNow).ok());
}

}  // namespace
}  // namespace webhook
