#include "rpc/webhook_config.h"

#include <google/protobuf/util/time_util.h>

#include "webhook/v1/watch.pb.h"

namespace webhook::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using std::chrono::microseconds;
using std::chrono::seconds;

}  // namespace

void ToProto(const Webhook& webhook, v1::WebhookConfig* config) {
  config->set_webhook_id(webhook.id.str());
  config->set_account_id(webhook.account.str());
  config->set_url(webhook.url);
  for (const std::string& event : webhook.events) config->add_events(event);
  config->set_active(webhook.active);
  config->set_inactive_reason(webhook.inactive_reason);
  config->set_rate_per_minute(webhook.rate_limit.per_minute);
  config->set_rate_burst(webhook.rate_limit.burst);
  config->set_rate_burst_seconds(webhook.rate_limit.burst_seconds);
  for (const seconds pause : webhook.retry_schedule)
    config->add_retry_schedule_seconds(static_cast<std::int32_t>(pause.count()));
  for (const int status : webhook.permanent_statuses) config->add_permanent_statuses(status);
  config->set_timeout_seconds(static_cast<std::int32_t>(webhook.timeout.count()));
  for (const auto& [name, value] : webhook.headers) (*config->mutable_headers())[name] = value;
  for (const SigningSecret& secret : webhook.secrets) {
    auto* told = config->add_secrets();
    told->set_secret(secret.value.Reveal());
    if (secret.expires_at)
      *told->mutable_expires_at() =
          TimeUtil::MicrosecondsToTimestamp(secret.expires_at->time_since_epoch().count());
  }
  for (const auto& [delivery, run] : webhook.cancelled) {
    auto* told = config->add_cancelled();
    told->set_delivery_id(delivery.str());
    told->set_run(run);
  }
  config->set_revision(webhook.revision);
}

Webhook FromProto(const v1::WebhookConfig& config) {
  Webhook webhook;
  webhook.id = WebhookId(config.webhook_id());
  webhook.account = AccountId(config.account_id());
  webhook.url = config.url();
  webhook.events.assign(config.events().begin(), config.events().end());
  webhook.active = config.active();
  webhook.inactive_reason = config.inactive_reason();
  webhook.rate_limit = {config.rate_per_minute(), config.rate_burst(), config.rate_burst_seconds()};
  for (const std::int32_t pause : config.retry_schedule_seconds()) webhook.retry_schedule.emplace_back(pause);
  webhook.permanent_statuses.assign(config.permanent_statuses().begin(), config.permanent_statuses().end());
  webhook.timeout = seconds(config.timeout_seconds());
  webhook.headers.insert(config.headers().begin(), config.headers().end());
  for (const auto& told : config.secrets()) {
    SigningSecret secret;
    secret.value = Secret(told.secret());
    if (told.has_expires_at())
      secret.expires_at = WallTime(microseconds(TimeUtil::TimestampToMicroseconds(told.expires_at())));
    webhook.secrets.push_back(std::move(secret));
  }
  for (const auto& told : config.cancelled())
    webhook.cancelled.emplace(DeliveryId(told.delivery_id()), told.run());
  webhook.revision = config.revision();
  return webhook;
}

}  // namespace webhook::rpc
