#pragma once

#include "domain/webhook.h"

namespace webhook::v1 {
class WebhookConfig;
}

namespace webhook::rpc {

// The watch's message of a webhook <-> the domain's value, field by field.
void ToProto(const Webhook& webhook, v1::WebhookConfig* config);
Webhook FromProto(const v1::WebhookConfig& config);

}  // namespace webhook::rpc
